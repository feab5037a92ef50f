//! What a person does about a run.

use axum::extract::State;
use serde::Deserialize;

use stagewright_core::command::retry_run::{cancel, rerun, retry};

use super::view::RunView;
use crate::http::answer::{Answer, Json};
use crate::http::body::{Body, Nothing};
use crate::http::context::Call;
use crate::http::params::Ids;
use crate::http::state::App;

/// Which step.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct RerunBody {
    step: String,
}

/// `POST /v1/runs/{id}/retry`: tries a run's failed steps again, from their first try.
pub(in crate::http) async fn retry_run(
    State(app): App,
    call: Call,
    Ids(id): Ids<String>,
    Body { raw, .. }: Body<Nothing>,
) -> Answer<Json<RunView>> {
    let answer = call.answer(&app, &raw, call.wishes(None, None)?, |tx, ctx| {
        Ok(Json::ok(&RunView::of(retry(tx, ctx, &id)?)))
    });
    answer.await
}

/// `POST /v1/runs/{id}/rerun`: runs a step that is over once more, whatever came of it. What it did
/// stands; what it does now comes on top.
pub(in crate::http) async fn rerun_step(
    State(app): App,
    call: Call,
    Ids(id): Ids<String>,
    Body { value, raw }: Body<RerunBody>,
) -> Answer<Json<RunView>> {
    let answer = call.answer(&app, &raw, call.wishes(None, None)?, |tx, ctx| {
        Ok(Json::ok(&RunView::of(rerun(tx, ctx, &id, &value.step)?)))
    });
    answer.await
}

/// `POST /v1/runs/{id}/cancel`: cancels what still waits in a run.
pub(in crate::http) async fn cancel_run(
    State(app): App,
    call: Call,
    Ids(id): Ids<String>,
    Body { raw, .. }: Body<Nothing>,
) -> Answer<Json<RunView>> {
    let answer = call.answer(&app, &raw, call.wishes(None, None)?, |tx, ctx| {
        Ok(Json::ok(&RunView::of(cancel(tx, ctx, &id)?)))
    });
    answer.await
}
