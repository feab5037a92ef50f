//! `/v1/pauses`: pausing an automation, a plugin or all sending of a tenant.

use std::collections::BTreeMap;

use axum::extract::State;
use serde::Serialize;

use stagewright_core::command::job::{pause, resume};
use stagewright_core::model::pauses::{Pausable, Pause, Pauses};
use stagewright_core::time::Timestamp;

use super::answer::{Answer, Json};
use super::auth::Caller;
use super::body::{Body, Nothing};
use super::context::Call;
use super::params::{Asked, Ids};
use super::state::{App, HttpState};

/// What is paused, as clients see it.
#[derive(Debug, Serialize)]
pub(super) struct PausesView {
    automations: Vec<PausedView>,
    plugins: Vec<PausedView>,
    sending: Option<PauseView>,
}

/// Something that is paused, as clients see it.
#[derive(Debug, Serialize)]
struct PausedView {
    id: String,
    #[serde(flatten)]
    pause: PauseView,
}

/// Since when something is paused, and who did it, as clients see it.
#[derive(Debug, Serialize)]
struct PauseView {
    since: Timestamp,
    by: String,
}

/// What came of resuming something, as clients see it.
#[derive(Debug, Serialize)]
pub(super) struct ResumedView {
    /// Whether it was paused.
    resumed: bool,
    /// The job that lets go what waited.
    job: Option<String>,
}

impl PausesView {
    pub(super) fn of(pauses: Pauses) -> Self {
        let Pauses { automations, plugins, sending } = pauses;
        Self {
            automations: PausedView::each(automations),
            plugins: PausedView::each(plugins),
            sending: sending.map(PauseView::of),
        }
    }
}

impl PausedView {
    fn each(paused: BTreeMap<String, Pause>) -> Vec<Self> {
        let view = |(id, pause)| Self { id, pause: PauseView::of(pause) };
        paused.into_iter().map(view).collect()
    }
}

impl PauseView {
    fn of(pause: Pause) -> Self {
        let Pause { since, by } = pause;
        Self { since, by }
    }
}

/// `GET /v1/pauses`: shows what of the tenant is paused, since when and by whom.
pub(super) async fn show_pauses(
    State(app): App,
    caller: Caller,
    Asked(Nothing {}): Asked<Nothing>,
) -> Answer<Json<PausesView>> {
    let pauses = app.service.pauses(caller.tenant()).await?;
    Ok(Json::ok(&PausesView::of(pauses)))
}

/// `POST /v1/automations/{id}/pause`: pauses an automation: its robots wait when their moment
/// comes, its triggers are not asked.
pub(super) async fn pause_automation(
    State(app): App,
    call: Call,
    Ids(id): Ids<String>,
    body: Body<Nothing>,
) -> Answer<Json<PausesView>> {
    paused(&app, &call, &body.raw, &Pausable::Automation(id)).await
}

/// `POST /v1/automations/{id}/resume`: resumes an automation.
pub(super) async fn resume_automation(
    State(app): App,
    call: Call,
    Ids(id): Ids<String>,
    body: Body<Nothing>,
) -> Answer<Json<ResumedView>> {
    resumed(&app, &call, &body.raw, &Pausable::Automation(id)).await
}

/// `POST /v1/plugins/{id}/pause`: pauses a plugin for the tenant: its robots wait, its triggers are
/// not asked, what goes out through its channels waits.
pub(super) async fn pause_plugin(
    State(app): App,
    call: Call,
    Ids(id): Ids<String>,
    body: Body<Nothing>,
) -> Answer<Json<PausesView>> {
    paused(&app, &call, &body.raw, &Pausable::Plugin(id)).await
}

/// `POST /v1/plugins/{id}/resume`: resumes a plugin.
pub(super) async fn resume_plugin(
    State(app): App,
    call: Call,
    Ids(id): Ids<String>,
    body: Body<Nothing>,
) -> Answer<Json<ResumedView>> {
    resumed(&app, &call, &body.raw, &Pausable::Plugin(id)).await
}

/// `POST /v1/sending/pause`: pauses all sending of the tenant: every message waits.
pub(super) async fn pause_sending(
    State(app): App,
    call: Call,
    body: Body<Nothing>,
) -> Answer<Json<PausesView>> {
    paused(&app, &call, &body.raw, &Pausable::Sending).await
}

/// `POST /v1/sending/resume`: resumes sending.
pub(super) async fn resume_sending(
    State(app): App,
    call: Call,
    body: Body<Nothing>,
) -> Answer<Json<ResumedView>> {
    resumed(&app, &call, &body.raw, &Pausable::Sending).await
}

/// Pauses `what` and shows everything that is paused then.
async fn paused(
    app: &HttpState,
    call: &Call,
    raw: &[u8],
    what: &Pausable,
) -> Answer<Json<PausesView>> {
    let answer = call.answer(app, raw, call.wishes(None, None)?, |tx, ctx| {
        Ok(Json::ok(&PausesView::of(pause(tx, ctx, what)?)))
    });
    answer.await
}

/// Resumes `what`; `job` is what lets go what waited, and nothing where it was not paused.
async fn resumed(
    app: &HttpState,
    call: &Call,
    raw: &[u8],
    what: &Pausable,
) -> Answer<Json<ResumedView>> {
    let answer = call.answer(app, raw, call.wishes(None, None)?, |tx, ctx| {
        let job = resume(tx, ctx, what)?;
        Ok(Json::ok(&ResumedView { resumed: job.is_some(), job: job.map(|job| job.id) }))
    });
    answer.await
}
