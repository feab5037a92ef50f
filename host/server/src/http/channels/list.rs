//! `GET /v1/channels`

use axum::extract::State;
use serde::Deserialize;

use stagewright_core::key::{Key, Table};
use stagewright_core::model::channel::Channel;

use super::channel_view;
use crate::http::answer::Answer;
use crate::http::auth::Caller;
use crate::http::page::{listed, page};
use crate::http::params::Asked;
use crate::http::state::App;
use crate::service::Order;

/// Which page.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct ChannelQuery {
    limit: Option<usize>,
    cursor: Option<String>,
}

/// Lists channels by id.
pub(in crate::http) async fn list_channels(
    State(app): App,
    caller: Caller,
    Asked(asked): Asked<ChannelQuery>,
) -> Answer {
    let page = page(asked.limit, asked.cursor.as_deref())?;
    let tenant = caller.tenant();
    let found = app
        .service
        .list::<Channel>(&Key::new(tenant, Table::Channel, &[]), &page, Order::Forward, |_| true)
        .await?;

    let items = found
        .rows
        .iter()
        .map(|(_, channel, version)| channel_view(&app, tenant, channel, *version));
    Ok(listed(items.collect(), found.next))
}
