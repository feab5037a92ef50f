//! `GET /v1/secrets`

use axum::extract::State;
use serde::Deserialize;
use serde_json::json;

use stagewright_core::key::{Key, Table};
use stagewright_core::model::tenant::Secret;

use crate::http::answer::Answer;
use crate::http::auth::Caller;
use crate::http::page::{listed, page};
use crate::http::params::Asked;
use crate::http::state::App;
use crate::service::Order;

/// Which page.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct SecretQuery {
    limit: Option<usize>,
    cursor: Option<String>,
}

/// Lists the names of secrets and when each was last set. Values are given to nobody.
pub(in crate::http) async fn list_secrets(
    State(app): App,
    caller: Caller,
    Asked(asked): Asked<SecretQuery>,
) -> Answer {
    let page = page(asked.limit, asked.cursor.as_deref())?;
    let prefix = Key::new(caller.tenant(), Table::Secret, &[]);
    let found = app.service.list::<Secret>(&prefix, &page, Order::Forward, |_| true).await?;

    let items = found.rows.iter().map(|(key, secret, version)| {
        let name = key.parts_after(&prefix).and_then(|parts| parts.into_iter().next());
        json!({ "name": name, "updated_at": secret.updated_at, "version": version })
    });

    Ok(listed(items.collect(), found.next))
}
