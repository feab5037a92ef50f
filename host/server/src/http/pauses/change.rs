//! `POST /v1/automations/{id}/pause` and `…/resume`, the same for plugins and for `/v1/sending`

use axum::extract::State;
use serde_json::json;

use stagewright_core::command::job::{pause, resume};
use stagewright_core::model::pauses::Pausable;

use super::pauses_view;
use crate::http::answer::{Answer, OK, json};
use crate::http::body::{Body, Nothing};
use crate::http::context::Call;
use crate::http::params::Ids;
use crate::http::state::{App, HttpState};

/// Pauses an automation: its robots wait when their moment comes, its triggers are not asked.
pub(in crate::http) async fn pause_automation(
    State(app): App,
    call: Call,
    Ids(id): Ids<String>,
    body: Body<Nothing>,
) -> Answer {
    paused(&app, &call, &body.raw, &Pausable::Automation(id)).await
}

/// Resumes an automation.
pub(in crate::http) async fn resume_automation(
    State(app): App,
    call: Call,
    Ids(id): Ids<String>,
    body: Body<Nothing>,
) -> Answer {
    resumed(&app, &call, &body.raw, &Pausable::Automation(id)).await
}

/// Pauses a plugin for the tenant: its robots wait, its triggers are not asked, what goes out
/// through its channels waits.
pub(in crate::http) async fn pause_plugin(
    State(app): App,
    call: Call,
    Ids(id): Ids<String>,
    body: Body<Nothing>,
) -> Answer {
    paused(&app, &call, &body.raw, &Pausable::Plugin(id)).await
}

/// Resumes a plugin.
pub(in crate::http) async fn resume_plugin(
    State(app): App,
    call: Call,
    Ids(id): Ids<String>,
    body: Body<Nothing>,
) -> Answer {
    resumed(&app, &call, &body.raw, &Pausable::Plugin(id)).await
}

/// Pauses all sending of the tenant: every message waits.
pub(in crate::http) async fn pause_sending(
    State(app): App,
    call: Call,
    body: Body<Nothing>,
) -> Answer {
    paused(&app, &call, &body.raw, &Pausable::Sending).await
}

/// Resumes sending.
pub(in crate::http) async fn resume_sending(
    State(app): App,
    call: Call,
    body: Body<Nothing>,
) -> Answer {
    resumed(&app, &call, &body.raw, &Pausable::Sending).await
}

/// Pauses `what` and shows everything that is paused then.
async fn paused(app: &HttpState, call: &Call, raw: &[u8], what: &Pausable) -> Answer {
    let answer = call.carry_out(app, raw, call.wishes(None, None)?, |tx, ctx| {
        Ok((OK, pauses_view(&pause(tx, ctx, what)?)))
    });
    Ok(json(answer.await?))
}

/// Resumes `what`; `job` is what lets go what waited, and nothing where it was not paused.
async fn resumed(app: &HttpState, call: &Call, raw: &[u8], what: &Pausable) -> Answer {
    let answer = call.carry_out(app, raw, call.wishes(None, None)?, |tx, ctx| {
        let job = resume(tx, ctx, what)?;
        Ok((OK, json!({"resumed": job.is_some(), "job": job.map(|job| job.id)})))
    });
    Ok(json(answer.await?))
}
