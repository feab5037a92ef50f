//! Tokens: who may use the API.

mod create;
mod delete;
mod list;

use serde_json::{Value, json};

use stagewright_core::id::TenantId;
use stagewright_core::model::tenant::Token;

pub(super) use create::create_token;
pub(super) use delete::delete_token;
pub(super) use list::list_tokens;

/// A token as clients see it: never with its secret or its hash.
pub(super) fn token_view(token: &Token) -> Value {
    json!({
        "id": token.id, "name": token.name,
        "tenant": Some(token.tenant).filter(|tenant| *tenant != TenantId::PLATFORM),
        "role": token.role, "user": token.user, "created_at": token.created_at,
    })
}

/// A token with the secret that is shown this once.
pub(super) fn revealed(token: &Token, secret: &str) -> Value {
    let mut view = token_view(token);
    if let Some(map) = view.as_object_mut() {
        map.insert("secret".into(), json!(secret));
    }
    view
}
