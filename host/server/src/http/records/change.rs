//! `PATCH /v1/records/{kind}/{id}`

use axum::extract::State;
use axum::http::HeaderMap;
use serde::Deserialize;
use serde_json::{Map, Value};

use stagewright_core::command::change_record::decide;
use stagewright_core::context::AutomationMode;
use stagewright_core::model::record::RecordRef;

use crate::http::answer::{Answer, OK, expected, versioned};
use crate::http::body::Body;
use crate::http::context::Call;
use crate::http::params::Ids;
use crate::http::state::App;

/// Fields to change; `null` removes one.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Change {
    fields: Map<String, Value>,
    automation: Option<AutomationMode>,
    on_behalf_of: Option<String>,
}

/// Changes the fields that are given. With `If-Match` only where the record is still at that
/// version.
pub(in crate::http) async fn change_record(
    State(app): App,
    call: Call,
    Ids((kind, id)): Ids<(String, String)>,
    headers: HeaderMap,
    Body { value, raw }: Body<Change>,
) -> Answer {
    let expected = expected(&headers)?;
    let target = RecordRef::new(&kind, &id);

    let names: Vec<&str> = value.fields.keys().map(String::as_str).collect();
    call.caller.may_change(&kind, Some(&id), &names)?;
    let wishes = call.wishes(value.automation, value.on_behalf_of)?;

    let answer = call.carry_out(&app, &raw, wishes, |tx, ctx| {
        let (record, version) = decide(tx, ctx, &target, &value.fields, expected)?;
        Ok((OK, record.view(version)))
    });
    Ok(versioned(answer.await?))
}
