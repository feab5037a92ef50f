//! `PUT /v1/automations/{id}`

use axum::extract::State;
use axum::http::HeaderMap;
use serde_json::{Map, Value};
use stagewright_core::command::put_automation::decide;
use stagewright_core::model::automation::Automation;

use crate::http::answer::{Answer, expected, put, versioned};
use crate::http::body::{Body, read_back};
use crate::http::context::Call;
use crate::http::params::Ids;
use crate::http::state::App;

/// Creates or replaces the draft of a stage's automation, checked as strictly as if it ran now. What runs is what was published.
pub(in crate::http) async fn put_automation(
    State(app): App,
    call: Call,
    Ids(id): Ids<String>,
    headers: HeaderMap,
    Body { value, raw }: Body<Map<String, Value>>,
) -> Answer {
    let expected = expected(&headers)?;
    let automation: Automation = read_back(value, &id, &["version", "published"])?;
    let answer = call.carry_out(&app, &raw, call.wishes(None, None)?, |tx, ctx| {
        let (automation, version) = decide(tx, ctx, &id, automation.clone(), expected)?;
        Ok(put(&automation, version))
    });
    Ok(versioned(answer.await?))
}
