//! `GET /v1/jobs/{id}`

use axum::extract::State;

use stagewright_core::model::job::Job;

use super::job_view;
use crate::http::answer::{Answer, ok};
use crate::http::auth::Caller;
use crate::http::body::Nothing;
use crate::http::params::{Asked, Ids};
use crate::http::state::App;

/// Shows how far a job has come: what it has looked at, what it did something to, and whether it is
/// done.
pub(in crate::http) async fn show_job(
    State(app): App,
    caller: Caller,
    Asked(Nothing {}): Asked<Nothing>,
    Ids(id): Ids<String>,
) -> Answer {
    let (job, _) = app.service.fetch::<Job>(&Job::key(caller.tenant(), &id)).await?;
    Ok(ok(job_view(&job)))
}
