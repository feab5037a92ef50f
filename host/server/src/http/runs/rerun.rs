//! `POST /v1/runs/{id}/rerun`

use axum::extract::State;
use serde::Deserialize;

use stagewright_core::command::retry_run::rerun;

use super::run_view;
use crate::http::answer::{Answer, OK, json};
use crate::http::body::Body;
use crate::http::context::Call;
use crate::http::params::Ids;
use crate::http::state::App;

/// Which step.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct RerunBody {
    step: String,
}

/// Runs a step that is over once more, whatever came of it. What it did stands; what it does now
/// comes on top.
pub(in crate::http) async fn rerun_step(
    State(app): App,
    call: Call,
    Ids(id): Ids<String>,
    Body { value, raw }: Body<RerunBody>,
) -> Answer {
    let answer = call.carry_out(&app, &raw, call.wishes(None, None)?, |tx, ctx| {
        Ok((OK, run_view(&rerun(tx, ctx, &id, &value.step)?)))
    });
    Ok(json(answer.await?))
}
