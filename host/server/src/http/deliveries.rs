//! `/v1/deliveries`: where outgoing messages stand, and what a person decides about one that is
//! stuck.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use stagewright_core::command::settle_delivery::{Choice, decide};
use stagewright_core::model::conversation::EarlyStatus;
use stagewright_core::model::delivery::{Delivery, DeliveryState};
use stagewright_core::model::record::RecordRef;
use stagewright_core::time::Timestamp;

use super::answer::{Answer, Json};
use super::auth::Caller;
use super::body::{Body, Nothing};
use super::context::Call;
use super::page::{Items, page};
use super::params::{Asked, Ids};
use super::state::{App, HttpState};

/// Which deliveries.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DeliveryQuery {
    state: Option<DeliveryState>,
    channel: Option<String>,
    limit: Option<usize>,
    cursor: Option<String>,
}

/// A delivery as clients see it, without what only keeps its order.
#[derive(Debug, Serialize)]
pub(super) struct DeliveryView {
    id: String,
    channel: String,
    to: String,
    content: Map<String, Value>,
    state: DeliveryState,
    reason: Option<String>,
    code: Option<String>,
    external_id: Option<String>,
    created_at: Timestamp,
    updated_at: Timestamp,
    due_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    held: bool,
    tries: u32,
    retried_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    early: Vec<EarlyStatusView>,
    not_after: Option<Timestamp>,
    item: Option<RecordRef>,
    conversation: Option<String>,
    step: Option<SenderView>,
    author: Option<String>,
}

/// A status that came early, as clients see it.
#[derive(Debug, Serialize)]
struct EarlyStatusView {
    external_id: String,
    status: String,
    reason: Option<String>,
}

/// The step that asked for a delivery, as clients see it.
#[derive(Debug, Serialize)]
struct SenderView {
    run: String,
    step: String,
}

impl DeliveryView {
    pub(super) fn of(delivery: Delivery) -> Self {
        let Delivery {
            id,
            channel,
            lane: _,
            to,
            content,
            state,
            reason,
            code,
            external_id,
            created_at,
            updated_at,
            due_at,
            due_row: _,
            held,
            tries,
            retried_at,
            early,
            not_after,
            item,
            only_in_epoch: _,
            conversation,
            step,
            author,
        } = delivery;

        Self {
            id,
            channel,
            to,
            content,
            state,
            reason,
            code,
            external_id,
            created_at,
            updated_at,
            due_at,
            held,
            tries,
            retried_at,
            early: early.into_iter().map(EarlyStatusView::of).collect(),
            not_after,
            item,
            conversation,
            step: step.map(|(run, step)| SenderView { run, step }),
            author,
        }
    }
}

impl EarlyStatusView {
    fn of(early: EarlyStatus) -> Self {
        let EarlyStatus { external_id, status, reason } = early;
        Self { external_id, status, reason }
    }
}

/// `GET /v1/deliveries`: lists deliveries, newest first: all, those in a state, those of a channel.
pub(super) async fn list_deliveries(
    State(app): App,
    caller: Caller,
    Asked(asked): Asked<DeliveryQuery>,
) -> Answer<Items<DeliveryView>> {
    let page = page(asked.limit, asked.cursor.as_deref())?;
    let fits = |delivery: &Delivery| {
        asked.state.is_none_or(|state| delivery.state == state)
            && asked.channel.as_ref().is_none_or(|channel| delivery.channel == *channel)
    };

    let found = app.service.deliveries(caller.tenant(), &page, fits).await?;

    let views = found.rows.into_iter().map(|(_, delivery, _)| DeliveryView::of(delivery));
    Ok(Items::new(views, found.next))
}

/// `POST /v1/deliveries/{id}/retry`: sends a delivery again that is unknown, failed, dead or
/// dropped.
pub(super) async fn retry_delivery(
    State(app): App,
    call: Call,
    Ids(id): Ids<String>,
    Body { raw, .. }: Body<Nothing>,
) -> Answer<Json<DeliveryView>> {
    settle(&app, &call, &id, &raw, Choice::Retry).await
}

/// `POST /v1/deliveries/{id}/discard`: gives a delivery up: it is never sent, or not again.
pub(super) async fn discard_delivery(
    State(app): App,
    call: Call,
    Ids(id): Ids<String>,
    Body { raw, .. }: Body<Nothing>,
) -> Answer<Json<DeliveryView>> {
    settle(&app, &call, &id, &raw, Choice::Discard).await
}

/// `POST /v1/deliveries/{id}/confirm`: says that a delivery whose answer was lost did arrive.
pub(super) async fn confirm_delivery(
    State(app): App,
    call: Call,
    Ids(id): Ids<String>,
    Body { raw, .. }: Body<Nothing>,
) -> Answer<Json<DeliveryView>> {
    settle(&app, &call, &id, &raw, Choice::Confirm).await
}

/// Carries out what a person decided.
async fn settle(
    app: &HttpState,
    call: &Call,
    id: &str,
    body: &[u8],
    choice: Choice,
) -> Answer<Json<DeliveryView>> {
    let answer = call.answer(app, body, call.wishes(None, None)?, |tx, ctx| {
        Ok(Json::ok(&DeliveryView::of(decide(tx, ctx, id, choice)?)))
    });
    answer.await
}
