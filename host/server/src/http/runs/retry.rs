//! `POST /v1/runs/{id}/retry`

use axum::extract::State;

use stagewright_core::command::retry_run::retry;

use super::run_view;
use crate::http::answer::{Answer, OK, json};
use crate::http::body::{Body, Nothing};
use crate::http::context::Call;
use crate::http::params::Ids;
use crate::http::state::App;

/// Tries a run's failed steps again, from their first try.
pub(in crate::http) async fn retry_run(
    State(app): App,
    call: Call,
    Ids(id): Ids<String>,
    Body { raw, .. }: Body<Nothing>,
) -> Answer {
    let answer = call.carry_out(&app, &raw, call.wishes(None, None)?, |tx, ctx| {
        Ok((OK, run_view(&retry(tx, ctx, &id)?)))
    });
    Ok(json(answer.await?))
}
