//! `GET /v1/tokens`

use axum::extract::State;
use serde::Deserialize;

use super::token_view;
use crate::http::answer::Answer;
use crate::http::auth::Caller;
use crate::http::page::{listed, page};
use crate::http::params::Asked;
use crate::http::state::App;
use crate::service::tenant_asked;

/// Whose tokens.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct TokenQuery {
    tenant: Option<String>,
    limit: Option<usize>,
    cursor: Option<String>,
}

/// Lists tokens, newest first: an admin's own tenant's; for a platform admin those of `tenant`, or
/// of the platform.
pub(in crate::http) async fn list_tokens(
    State(app): App,
    caller: Caller,
    Asked(asked): Asked<TokenQuery>,
) -> Answer {
    let page = page(asked.limit, asked.cursor.as_deref())?;
    let tenant = tenant_asked(caller.token(), asked.tenant.as_deref())?;
    let found = app.service.tokens(tenant, &page).await?;

    Ok(listed(found.rows.iter().map(|(_, token, _)| token_view(token)).collect(), found.next))
}
