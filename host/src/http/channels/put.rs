//! `PUT /v1/channels/{id}`

use axum::extract::State;
use axum::http::HeaderMap;
use serde_json::{Map, Value};
use stagewright_core::command::put_channel::decide;
use stagewright_core::model::channel::Channel;

use super::channel_view;
use crate::http::answer::{Answer, expected, put, versioned};
use crate::http::body::{Body, read_back};
use crate::http::context::Call;
use crate::http::params::Ids;
use crate::http::state::App;

/// Creates or replaces a channel, its settings checked against what its plugin offers. With `If-Match` only where it is still at
/// that version.
pub(in crate::http) async fn put_channel(
    State(app): App,
    call: Call,
    Ids(id): Ids<String>,
    headers: HeaderMap,
    Body { value, raw }: Body<Map<String, Value>>,
) -> Answer {
    let expected = expected(&headers)?;
    let channel: Channel = read_back(value, &id, &["version", "webhook_url", "kind", "free_text_hours"])?;
    let answer = call.carry_out(&app, &raw, call.wishes(None, None)?, |tx, ctx| {
        let (channel, version) = decide(tx, ctx, &id, channel.clone(), expected)?;
        let (status, _) = put(&channel, version);
        Ok((status, channel_view(&app, ctx.tenant, &channel, version)))
    });
    Ok(versioned(answer.await?))
}
