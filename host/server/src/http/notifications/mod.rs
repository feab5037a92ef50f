//! What employees are told inside the CRM.

mod list;
mod read;

use serde_json::{Value, json};

use stagewright_core::model::notification::Notification;

pub(super) use list::list_notifications;
pub(super) use read::read_notification;

/// A notification as clients see it, with a link to the record it is about.
fn view(notification: &Notification) -> Value {
    let mut view = json!(notification);
    let link =
        notification.item.as_ref().map(|item| format!("/v1/records/{}/{}", item.kind, item.id));
    if let Some(map) = view.as_object_mut() {
        map.insert("link".into(), json!(link));
    }
    view
}
