//! `GET /v1/deliveries`

use axum::extract::State;
use serde::Deserialize;

use stagewright_core::key::{Key, Table};
use stagewright_core::model::delivery::{Delivery, DeliveryState};

use super::delivery_view;
use crate::http::answer::Answer;
use crate::http::auth::Caller;
use crate::http::page::{listed, page};
use crate::http::params::Asked;
use crate::http::state::App;
use crate::service::Order;

/// Which deliveries.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct DeliveryQuery {
    state: Option<DeliveryState>,
    channel: Option<String>,
    limit: Option<usize>,
    cursor: Option<String>,
}

/// Lists deliveries, newest first: all, those in a state, those of a channel.
pub(in crate::http) async fn list_deliveries(
    State(app): App,
    caller: Caller,
    Asked(asked): Asked<DeliveryQuery>,
) -> Answer {
    let page = page(asked.limit, asked.cursor.as_deref())?;
    let fits = |delivery: &Delivery| {
        asked.state.is_none_or(|state| delivery.state == state)
            && asked.channel.as_ref().is_none_or(|channel| delivery.channel == *channel)
    };

    let prefix = Key::new(caller.tenant(), Table::Delivery, &[]);
    let found = app.service.list::<Delivery>(&prefix, &page, Order::NewestFirst, fits).await?;

    Ok(listed(
        found.rows.iter().map(|(_, delivery, _)| delivery_view(delivery)).collect(),
        found.next,
    ))
}
