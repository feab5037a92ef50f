//! `POST /v1/deliveries/{id}/retry`

use axum::extract::State;

use stagewright_core::command::settle_delivery::Choice;

use super::settle;
use crate::http::answer::Answer;
use crate::http::body::{Body, Nothing};
use crate::http::context::Call;
use crate::http::params::Ids;
use crate::http::state::App;

/// Sends a delivery again that is unknown, failed, dead or dropped.
pub(in crate::http) async fn retry_delivery(
    State(app): App,
    call: Call,
    Ids(id): Ids<String>,
    Body { raw, .. }: Body<Nothing>,
) -> Answer {
    settle(&app, &call, &id, &raw, Choice::Retry).await
}
