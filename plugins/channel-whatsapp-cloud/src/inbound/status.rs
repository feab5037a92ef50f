//! What became of a message of ours.

use stagewright_sdk::prelude::*;

use super::stamp::{address, moment};
use crate::json::{list, some_text, text};
use crate::outbound::explain;

/// One status as an event; nothing where it is of a kind that changes nothing, or of no message.
pub(super) fn event(status: &Value) -> Option<InboundEvent> {
    let Some(id) = some_text(status, "id") else {
        log::warn("a status without a message's id was left");
        return None;
    };

    let word = match text(status, "/status") {
        word @ ("sent" | "delivered" | "read" | "failed") => word,
        // A voice message that was heard.
        "played" => "read",
        other => {
            log::debug(format!("the status `{other}` of {id} was left"));
            return None;
        }
    };

    Some(InboundEvent {
        kind: "message-status".into(),
        external_id: id,
        occurred_at: moment(status),
        address: address(text(status, "/recipient_id")),
        display_name: None,
        body: body(status, word),
    })
}

fn body(status: &Value, word: &str) -> Value {
    let mut body = json!({ "status": word });
    let Value::Object(fields) = &mut body else { return body };

    let errors = list(status, "errors");
    if let Some(first) = errors.first().filter(|_| word == "failed") {
        fields.insert("reason".into(), explain(first).into());
    }
    if !errors.is_empty() {
        fields.insert("errors".into(), errors.into());
    }

    // The job's id, which went out with the message: it settles deliveries whose answer was lost.
    if let Some(delivery) = some_text(status, "biz_opaque_callback_data") {
        fields.insert("delivery".into(), delivery.into());
    }
    if let Some(pricing) = status.get("pricing") {
        fields.insert("pricing".into(), pricing.clone());
    }
    body
}
