//! `/v1/channels`: channels, connections to messengers.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use stagewright_core::command::put_channel;
use stagewright_core::context::OpContext;
use stagewright_core::id::TenantId;
use stagewright_core::model::channel::{Channel, OnUnknown};

use super::answer::{Answer, Json, Versioned};
use super::auth::Caller;
use super::body::Nothing;
use super::page::{Items, PageQuery};
use super::params::{Asked, Ids};
use super::replace::Replace;
use super::state::{App, HttpState};

/// What a channel is answered with and only the host sets: left out of what comes back.
const HOST_ONLY: [&str; 4] = ["version", "webhook_url", "kind", "free_text_hours"];

/// A channel as clients write it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ChannelBody {
    /// As in the path, if it is there.
    #[serde(default)]
    id: String,
    /// Name for people.
    name: String,
    /// The plugin.
    plugin: String,
    /// The channel type in that plugin.
    channel: String,
    /// One of [`HOST_ONLY`], so it is empty here.
    #[serde(default)]
    kind: String,
    /// One of [`HOST_ONLY`], so it is absent here.
    #[serde(default)]
    free_text_hours: Option<u32>,
    /// The line that takes what comes in.
    #[serde(default)]
    line: Option<String>,
    /// Its settings; secrets as `{{secret:NAME}}`.
    #[serde(default)]
    settings: Map<String, Value>,
    /// What to do with lost answers.
    #[serde(default)]
    on_unknown: OnUnknown,
    /// Whether sending is paused.
    #[serde(default)]
    paused: bool,
}

/// A channel as clients see it.
#[derive(Debug, Serialize)]
pub(super) struct ChannelView {
    id: String,
    name: String,
    plugin: String,
    channel: String,
    kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    free_text_hours: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<String>,
    settings: Map<String, Value>,
    on_unknown: OnUnknown,
    paused: bool,
    version: u64,
    /// The address that its provider has to send to.
    webhook_url: String,
}

impl From<ChannelBody> for Channel {
    fn from(body: ChannelBody) -> Self {
        let ChannelBody {
            id,
            name,
            plugin,
            channel,
            kind,
            free_text_hours,
            line,
            settings,
            on_unknown,
            paused,
        } = body;

        Self {
            id,
            name,
            plugin,
            channel,
            kind,
            free_text_hours,
            line,
            settings,
            on_unknown,
            paused,
        }
    }
}

impl ChannelView {
    fn of(app: &HttpState, tenant: TenantId, channel: Channel, version: u64) -> Self {
        let Channel {
            id,
            name,
            plugin,
            channel,
            kind,
            free_text_hours,
            line,
            settings,
            on_unknown,
            paused,
        } = channel;
        let webhook_url = format!("{}/hooks/{tenant}/{id}", app.service.public_url);

        Self {
            id,
            name,
            plugin,
            channel,
            kind,
            free_text_hours,
            line,
            settings,
            on_unknown,
            paused,
            version,
            webhook_url,
        }
    }
}

/// `GET /v1/channels`: lists channels by id.
pub(super) async fn list_channels(
    State(app): App,
    caller: Caller,
    Asked(asked): Asked<PageQuery>,
) -> Answer<Items<ChannelView>> {
    let tenant = caller.tenant();
    let found = app.service.channels(tenant, &asked.page()?).await?;

    let view = |(_, channel, version)| ChannelView::of(&app, tenant, channel, version);
    Ok(Items::new(found.rows.into_iter().map(view), found.next))
}

/// `GET /v1/channels/{id}`: shows a channel with its webhook address. Its version is the `ETag`.
pub(super) async fn show_channel(
    State(app): App,
    caller: Caller,
    Asked(Nothing {}): Asked<Nothing>,
    Ids(id): Ids<String>,
) -> Answer<Versioned<ChannelView>> {
    let tenant = caller.tenant();
    let (channel, version) = app.service.channel(tenant, &id).await?;
    Ok(Json::ok(&ChannelView::of(&app, tenant, channel, version)).versioned())
}

/// `PUT /v1/channels/{id}`: creates or replaces a channel, its settings checked against what its
/// plugin offers; with `If-Match` only where it is still at that version.
pub(super) async fn put_channel(request: Replace) -> Answer<Versioned<ChannelView>> {
    let view = |app: &HttpState, ctx: &OpContext, channel, version| {
        ChannelView::of(app, ctx.tenant, channel, version)
    };
    request.with::<ChannelBody, _, _>(&HOST_ONLY, put_channel::decide, view).await
}
