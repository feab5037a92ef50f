//! Publishing a draft, and applying what is published to the items that stand there already.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use stagewright_core::command::job::apply;
use stagewright_core::command::publish_automation::{COUNTED_MAX, Published, replace};
use stagewright_core::model::job::Waiting;
use stagewright_core::time::Timestamp;

use crate::http::answer::{Answer, Json};
use crate::http::body::Body;
use crate::http::context::Call;
use crate::http::jobs::job_view;
use crate::http::params::Ids;
use crate::http::state::App;
use crate::service::Applying;

/// What becomes of what waits.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct PublishBody {
    #[serde(default)]
    waiting: Waiting,
}

/// What publishing came to, as clients see it.
#[derive(Debug, Serialize)]
pub(in crate::http) struct PublishedView {
    automation: String,
    /// The new version's number.
    published: u32,
    published_at: Timestamp,
    published_by: String,
    warnings: Vec<String>,
    waiting: Waiting,
    waiting_runs: usize,
    /// Whether no more wait than were counted.
    waiting_runs_are_all: bool,
    job: Option<String>,
}

/// Whether to look only.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct ApplyBody {
    #[serde(default)]
    preview: bool,
}

/// What applying comes to, as clients see it.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(in crate::http) enum AppliedView {
    /// It was looked at only.
    Preview(PreviewView),
    /// The job that does it.
    Started(Value),
}

/// What applying would come to, as clients see it.
#[derive(Debug, Serialize)]
pub(in crate::http) struct PreviewView {
    /// Always true.
    preview: bool,
    items: usize,
    looked_at: usize,
    complete: bool,
}

impl PublishedView {
    fn of(id: &str, waiting: Waiting, published: Published) -> Self {
        let Published { version, waiting_runs, job } = published;
        Self {
            automation: id.to_owned(),
            published: version.version,
            published_at: version.published_at,
            published_by: version.published_by,
            warnings: version.warnings,
            waiting,
            waiting_runs,
            waiting_runs_are_all: waiting_runs < COUNTED_MAX,
            job,
        }
    }
}

impl PreviewView {
    fn of(found: Applying) -> Self {
        let Applying { items, looked_at, complete } = found;
        Self { preview: true, items, looked_at, complete }
    }
}

/// `POST /v1/automations/{id}/publish`: publishes the draft as a new version, which runs for every
/// item that comes to the stage from now on. Runs that wait under older versions keep theirs, or
/// are cancelled or migrated by a job where `waiting` says so. Answers the version's number, how
/// many runs wait, and what the publisher should know of in `warnings`.
pub(in crate::http) async fn publish_automation(
    State(app): App,
    call: Call,
    Ids(id): Ids<String>,
    Body { value, raw }: Body<PublishBody>,
) -> Answer<Json<PublishedView>> {
    let answer = call.answer(&app, &raw, call.wishes(None, None)?, |tx, ctx| {
        let published = replace(tx, ctx, &id, value.waiting)?;
        Ok(Json::ok(&PublishedView::of(&id, value.waiting, published)))
    });
    answer.await
}

/// `POST /v1/automations/{id}/apply`: starts the published automation for the items that stand on
/// its stage already and for which it has not started since they came there. A job does it, a
/// hundred items a second; `preview` only counts them.
pub(in crate::http) async fn apply_automation(
    State(app): App,
    call: Call,
    Ids(id): Ids<String>,
    Body { value, raw }: Body<ApplyBody>,
) -> Answer<Json<AppliedView>> {
    let wishes = call.wishes(None, None)?;

    if value.preview {
        let found = app.service.preview_apply(call.caller.tenant(), &id).await?;
        return Ok(Json::ok(&AppliedView::Preview(PreviewView::of(found))));
    }

    let answer = call.answer(&app, &raw, wishes, |tx, ctx| {
        let job = apply(tx, ctx, &id)?;
        Ok(Json::accepted(&AppliedView::Started(job_view(&job))))
    });
    answer.await
}
