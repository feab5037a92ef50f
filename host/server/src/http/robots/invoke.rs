//! `POST /v1/robots/{plugin}/{robot}/invoke`

use axum::extract::State;
use serde::Deserialize;
use serde_json::{Map, Value};

use stagewright_core::command::invoke_robot::decide;

use crate::http::answer::{ACCEPTED, Answer, json, located};
use crate::http::body::{Body, RecordName};
use crate::http::context::Call;
use crate::http::params::Ids;
use crate::http::runs::run_view;
use crate::http::state::App;

/// On what to run a robot, and how.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Invoke {
    record: RecordName,
    #[serde(default)]
    settings: Map<String, Value>,
    on_behalf_of: Option<String>,
}

/// Runs one robot now on one item, without a stage. Answers 202 with the run, which goes on.
pub(in crate::http) async fn invoke_robot(
    State(app): App,
    call: Call,
    Ids((plugin, robot)): Ids<(String, String)>,
    Body { value, raw }: Body<Invoke>,
) -> Answer {
    let item = value.record.into();
    let wishes = call.wishes(None, value.on_behalf_of)?;

    let answer = call.carry_out(&app, &raw, wishes, |tx, ctx| {
        Ok((ACCEPTED, run_view(&decide(tx, ctx, &plugin, &robot, &item, &value.settings)?)))
    });

    let answer = answer.await?;
    let path =
        format!("/v1/runs/{}", answer.1.get("id").and_then(Value::as_str).unwrap_or_default());
    Ok(located(json(answer), &path))
}
