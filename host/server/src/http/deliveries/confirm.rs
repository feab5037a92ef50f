//! `POST /v1/deliveries/{id}/confirm`

use axum::extract::State;

use stagewright_core::command::settle_delivery::Choice;

use super::settle;
use crate::http::answer::Answer;
use crate::http::body::{Body, Nothing};
use crate::http::context::Call;
use crate::http::params::Ids;
use crate::http::state::App;

/// Says that a delivery whose answer was lost did arrive.
pub(in crate::http) async fn confirm_delivery(
    State(app): App,
    call: Call,
    Ids(id): Ids<String>,
    Body { raw, .. }: Body<Nothing>,
) -> Answer {
    settle(&app, &call, &id, &raw, Choice::Confirm).await
}
