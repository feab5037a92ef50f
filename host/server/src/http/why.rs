//! `GET /v1/why`

use axum::extract::State;
use serde::Deserialize;
use serde_json::json;

use stagewright_core::why::Asked as About;

use super::answer::{Answer, ok};
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

/// Says in one sentence each why a robot ran or did not run for an item, and why a trigger moved it
/// or did not: about the robot or trigger that is named, else about everything on the item's
/// pipeline.
pub(super) async fn show_why(
    State(app): App,
    caller: Caller,
    Asked(asked): Asked<WhyQuery>,
) -> Answer {
    let item = record_ref("record", &asked.record)?;
    let about = About { robot: asked.robot, trigger: asked.trigger };
    let answers = app.service.why(caller.tenant(), &item, &about).await?;
    Ok(ok(json!({"record": item, "answers": answers})))
}
