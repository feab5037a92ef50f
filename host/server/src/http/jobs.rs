//! `/v1/jobs`: work of the host that is done in batches.

use axum::extract::State;
use serde::Serialize;
use serde_json::{Value, json};

use stagewright_core::model::job::{Job, Waiting, Work};
use stagewright_core::model::pauses::Pausable;
use stagewright_core::model::record::RecordRef;
use stagewright_core::time::Timestamp;

use super::answer::{Answer, Json};
use super::auth::Caller;
use super::body::Nothing;
use super::params::{Asked, Ids};
use super::state::App;

/// A job as clients see it: without how far it has come and where its due row lies, which is the
/// host's own business.
#[derive(Debug, Serialize)]
pub(super) struct JobView {
    id: String,
    #[serde(flatten)]
    work: WorkView,
    by: String,
    started_at: Timestamp,
    ended_at: Option<Timestamp>,
    looked_at: u64,
    done: u64,
    state: JobState,
}

/// What a job does, as clients see it.
#[derive(Debug, Serialize)]
#[serde(tag = "work", rename_all = "snake_case")]
enum WorkView {
    Resume { of: Pausable },
    Replace { automation: String, version: u32, waiting: Waiting },
    Apply { automation: String, kind: String },
    Watch { pipeline: String, kind: String, idle_ms: Vec<i64> },
    HandOver { from: RecordRef, to: RecordRef },
}

/// Whether a job is over.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
enum JobState {
    Running,
    Done,
}

impl JobView {
    fn of(job: Job) -> Self {
        let Job { id, work, by, started_at, ended_at, looked_at, done, after: _, due_row: _ } = job;

        Self {
            id,
            work: WorkView::of(work),
            by,
            started_at,
            ended_at,
            looked_at,
            done,
            state: if ended_at.is_some() { JobState::Done } else { JobState::Running },
        }
    }
}

impl WorkView {
    fn of(work: Work) -> Self {
        match work {
            Work::Resume { of } => Self::Resume { of },
            Work::Replace { automation, version, waiting } => {
                Self::Replace { automation, version, waiting }
            }
            Work::Apply { automation, kind } => Self::Apply { automation, kind },
            Work::Watch { pipeline, kind, idle_ms } => Self::Watch { pipeline, kind, idle_ms },
            Work::HandOver { from, to } => Self::HandOver { from, to },
        }
    }
}

/// A job as clients see it, for answers that hold one as JSON.
pub(super) fn job_view(job: &Job) -> Value {
    json!(JobView::of(job.clone()))
}

/// `GET /v1/jobs/{id}`: shows how far a job has come: what it has looked at, what it did something
/// to, and whether it is done.
pub(super) async fn show_job(
    State(app): App,
    caller: Caller,
    Asked(Nothing {}): Asked<Nothing>,
    Ids(id): Ids<String>,
) -> Answer<Json<JobView>> {
    let job = app.service.job(caller.tenant(), &id).await?;
    Ok(Json::ok(&JobView::of(job)))
}
