//! `POST /v1/records/{kind}`

use axum::extract::State;
use serde::Deserialize;
use serde_json::{Map, Value};

use stagewright_core::command::create_record::decide;
use stagewright_core::context::AutomationMode;

use crate::http::answer::{Answer, CREATED, located, versioned};
use crate::http::body::Body;
use crate::http::context::Call;
use crate::http::params::Ids;
use crate::http::state::App;

/// A record to be.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct NewRecord {
    fields: Map<String, Value>,
    automation: Option<AutomationMode>,
    on_behalf_of: Option<String>,
}

/// Creates a record; an item enters its first stage, or the one that is named. Answers 201 with the
/// record.
pub(in crate::http) async fn create_record(
    State(app): App,
    call: Call,
    Ids(kind): Ids<String>,
    Body { value, raw }: Body<NewRecord>,
) -> Answer {
    call.caller.may_change(&kind, None, &[])?;
    let wishes = call.wishes(value.automation, value.on_behalf_of)?;

    let answer = call.carry_out(&app, &raw, wishes, |tx, ctx| {
        let (record, version) = decide(tx, ctx, &kind, &value.fields)?;
        Ok((CREATED, record.view(version)))
    });

    let answer = answer.await?;
    let path = format!(
        "/v1/records/{kind}/{}",
        answer.1.get("id").and_then(Value::as_str).unwrap_or_default()
    );
    Ok(located(versioned(answer), &path))
}
