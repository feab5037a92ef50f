//! Incoming webhooks: addresses at which other programs say that something happened to an item.

mod delete;
mod list;
mod put;
mod receive;

use serde_json::{Value, json};

use stagewright_core::model::webhook::Webhook;

pub(super) use delete::delete_webhook;
pub(super) use list::list_webhooks;
pub(super) use put::put_webhook;
pub(super) use receive::receive;

/// A webhook as clients see it: without its key's hash.
fn webhook_view(webhook: &Webhook, version: u64) -> Value {
    json!({
        "code": webhook.code, "name": webhook.name, "created_at": webhook.created_at,
        "key_at": webhook.key_at, "version": version,
    })
}
