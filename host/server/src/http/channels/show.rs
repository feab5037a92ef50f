//! `GET /v1/channels/{id}`

use axum::extract::State;

use stagewright_core::model::channel::Channel;

use super::channel_view;
use crate::http::answer::{Answer, OK, versioned};
use crate::http::auth::Caller;
use crate::http::body::Nothing;
use crate::http::params::{Asked, Ids};
use crate::http::state::App;

/// Shows a channel with its webhook address. Its version is the ETag.
pub(in crate::http) async fn show_channel(
    State(app): App,
    caller: Caller,
    Asked(Nothing {}): Asked<Nothing>,
    Ids(id): Ids<String>,
) -> Answer {
    let (channel, version) =
        app.service.fetch::<Channel>(&Channel::key(caller.tenant(), &id)).await?;
    Ok(versioned((OK, channel_view(&app, caller.tenant(), &channel, version))))
}
