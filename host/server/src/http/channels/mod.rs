//! Channels: connections to messengers.

mod list;
mod put;
mod show;

use serde_json::{Value, json};

use stagewright_core::id::TenantId;
use stagewright_core::model::channel::Channel;

use super::answer::with_version;
use super::state::HttpState;

pub(super) use list::list_channels;
pub(super) use put::put_channel;
pub(super) use show::show_channel;

/// A channel as clients see it, with the address that its provider has to send to.
fn channel_view(app: &HttpState, tenant: TenantId, channel: &Channel, version: u64) -> Value {
    let mut view = with_version(channel, version);
    if let Some(map) = view.as_object_mut() {
        map.insert(
            "webhook_url".into(),
            json!(format!("{}/hooks/{tenant}/{}", app.service.public_url, channel.id)),
        );
    }
    view
}
