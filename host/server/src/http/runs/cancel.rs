//! `POST /v1/runs/{id}/cancel`

use axum::extract::State;

use stagewright_core::command::retry_run::cancel;

use super::run_view;
use crate::http::answer::{Answer, OK, json};
use crate::http::body::{Body, Nothing};
use crate::http::context::Call;
use crate::http::params::Ids;
use crate::http::state::App;

/// Cancels what still waits in a run.
pub(in crate::http) async fn cancel_run(
    State(app): App,
    call: Call,
    Ids(id): Ids<String>,
    Body { raw, .. }: Body<Nothing>,
) -> Answer {
    let answer = call.carry_out(&app, &raw, call.wishes(None, None)?, |tx, ctx| {
        Ok((OK, run_view(&cancel(tx, ctx, &id)?)))
    });
    Ok(json(answer.await?))
}
