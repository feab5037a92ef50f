//! `GET /v1/runs/{id}`

use axum::extract::State;

use stagewright_core::model::run::Run;

use super::run_view;
use crate::http::answer::{Answer, ok};
use crate::http::auth::Caller;
use crate::http::body::Nothing;
use crate::http::params::{Asked, Ids};
use crate::http::state::App;

/// Shows a run with every step and its tries.
pub(in crate::http) async fn show_run(
    State(app): App,
    caller: Caller,
    Asked(Nothing {}): Asked<Nothing>,
    Ids(id): Ids<String>,
) -> Answer {
    let (run, _) = app.service.fetch::<Run>(&Run::key(caller.tenant(), &id)).await?;
    Ok(ok(run_view(&run)))
}
