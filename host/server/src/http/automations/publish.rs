//! `POST /v1/automations/{id}/publish`

use axum::extract::State;
use serde::Deserialize;
use serde_json::json;

use stagewright_core::command::publish_automation::{COUNTED_MAX, replace};
use stagewright_core::model::job::Waiting;

use crate::http::answer::{Answer, OK, json};
use crate::http::body::Body;
use crate::http::context::Call;
use crate::http::params::Ids;
use crate::http::state::App;

/// What becomes of what waits.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct PublishBody {
    #[serde(default)]
    waiting: Waiting,
}

/// Publishes the draft as a new version, which runs for every item that comes to the stage from now
/// on. Runs that wait under older versions keep theirs, or are cancelled or migrated by a job where
/// `waiting` says so. Answers the version's number, how many runs wait, and what the publisher
/// should know of in `warnings`.
pub(in crate::http) async fn publish_automation(
    State(app): App,
    call: Call,
    Ids(id): Ids<String>,
    Body { value, raw }: Body<PublishBody>,
) -> Answer {
    let answer = call.carry_out(&app, &raw, call.wishes(None, None)?, |tx, ctx| {
        let published = replace(tx, ctx, &id, value.waiting)?;
        let version = published.version;

        Ok((
            OK,
            json!({
                "automation": id, "published": version.version,
                "published_at": version.published_at, "published_by": version.published_by,
                "warnings": version.warnings, "waiting": value.waiting,
                "waiting_runs": published.waiting_runs,
                "waiting_runs_are_all": published.waiting_runs < COUNTED_MAX, "job": published.job,
            }),
        ))
    });
    Ok(json(answer.await?))
}
