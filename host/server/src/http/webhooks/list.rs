//! `GET /v1/webhooks`

use axum::extract::State;
use serde::Deserialize;

use stagewright_core::key::{Key, Table};
use stagewright_core::model::webhook::Webhook;

use super::webhook_view;
use crate::http::answer::Answer;
use crate::http::auth::Caller;
use crate::http::page::{listed, page};
use crate::http::params::Asked;
use crate::http::state::App;
use crate::service::Order;

/// Which page.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct WebhookQuery {
    limit: Option<usize>,
    cursor: Option<String>,
}

/// Lists webhooks by code. No key is among them.
pub(in crate::http) async fn list_webhooks(
    State(app): App,
    caller: Caller,
    Asked(asked): Asked<WebhookQuery>,
) -> Answer {
    let page = page(asked.limit, asked.cursor.as_deref())?;
    let prefix = Key::new(caller.tenant(), Table::Webhook, &[]);
    let found = app.service.list::<Webhook>(&prefix, &page, Order::Forward, |_| true).await?;

    Ok(listed(
        found.rows.iter().map(|(_, webhook, version)| webhook_view(webhook, *version)).collect(),
        found.next,
    ))
}
