//! `/v1/why`: why robots and triggers did or did not do something.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use stagewright_core::model::record::RecordRef;
use stagewright_core::time::Timestamp;
use stagewright_core::why::{self, About, Verdict};

use super::answer::{Answer, Json};
use super::auth::Caller;
use super::params::{Asked, record_ref};
use super::state::App;

/// What is asked.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WhyQuery {
    record: String,
    robot: Option<String>,
    trigger: Option<String>,
}

/// The answers about an item, as clients see them.
#[derive(Debug, Serialize)]
pub(super) struct WhyView {
    record: RecordRef,
    answers: Vec<ReasonView>,
}

/// Why one robot or trigger did or did not do something, as clients see it.
#[derive(Debug, Serialize)]
pub(super) struct ReasonView {
    #[serde(rename = "type")]
    about: About,
    automation: String,
    id: String,
    name: String,
    stage: String,
    version: Option<u32>,
    verdict: Verdict,
    sentence: String,
    at: Option<Timestamp>,
    run: Option<String>,
    event: Option<String>,
    values: Map<String, Value>,
}

impl ReasonView {
    pub(super) fn of(answer: why::Answer) -> Self {
        let why::Answer {
            about,
            automation,
            id,
            name,
            stage,
            version,
            verdict,
            sentence,
            at,
            run,
            event,
            values,
        } = answer;

        Self {
            about,
            automation,
            id,
            name,
            stage,
            version,
            verdict,
            sentence,
            at,
            run,
            event,
            values,
        }
    }
}

/// `GET /v1/why`: says in one sentence each why a robot ran or did not run for an item, and why a
/// trigger moved it or did not: about the robot or trigger that is named, else about everything on
/// the item's pipeline.
pub(super) async fn show_why(
    State(app): App,
    caller: Caller,
    Asked(asked): Asked<WhyQuery>,
) -> Answer<Json<WhyView>> {
    let record = record_ref("record", &asked.record)?;
    let about = why::Asked { robot: asked.robot, trigger: asked.trigger };

    let answers = app.service.why(caller.tenant(), &record, &about).await?;

    let answers = answers.into_iter().map(ReasonView::of).collect();
    Ok(Json::ok(&WhyView { record, answers }))
}
