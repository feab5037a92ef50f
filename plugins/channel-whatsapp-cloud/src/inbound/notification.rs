//! From one notification to its events. One may hold several entries, each with several changes, of
//! several numbers and kinds.

use stagewright_sdk::prelude::*;

use super::{content, status};
use crate::json::{list, text};

/// What the notifications of a WhatsApp business account are called.
const OBJECT: &str = "whatsapp_business_account";

/// The events in a notification, in the order they came in. What is about other numbers, or of
/// kinds that we did not ask for, is none of ours; a message that cannot be read is left out with a
/// warning, since refusing the notification would make Meta repeat the good messages beside it for
/// days.
pub(crate) fn receive(body: &[u8], phone_number_id: &str) -> Result<Vec<InboundEvent>, String> {
    let notification: Value = serde_json::from_slice(body)
        .map_err(|cause| format!("the notification is not JSON: {cause}"))?;

    match notification.get("object").and_then(Value::as_str) {
        Some(OBJECT) => {}
        Some(other) => {
            log::warn(format!(
                "a notification about `{other}` was left; subscribe the webhook to `{OBJECT}` alone"
            ));
            return Ok(Vec::new());
        }
        None => {
            return Err("the notification does not say what it is about: it has no `object`".into());
        }
    }

    if !notification.get("entry").is_some_and(Value::is_array) {
        return Err("the notification has no list `entry`".into());
    }

    let changes = list(&notification, "entry").iter().flat_map(|entry| list(entry, "changes"));
    let values = changes
        .filter(|change| text(change, "/field") == "messages")
        .filter_map(|change| change.get("value"));
    let ours = values.filter(|value| text(value, "/metadata/phone_number_id") == phone_number_id);
    Ok(ours.flat_map(events).collect())
}

fn events(value: &Value) -> Vec<InboundEvent> {
    for error in list(value, "errors") {
        log::warn(format!(
            "WhatsApp reports a problem of the account: {}",
            crate::outbound::explain(error)
        ));
    }

    let contacts = list(value, "contacts");
    let messages =
        list(value, "messages").iter().filter_map(|message| content::event(message, contacts));
    messages.chain(list(value, "statuses").iter().filter_map(status::event)).collect()
}
