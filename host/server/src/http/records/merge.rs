//! `POST /v1/records/{kind}/{id}/merge`

use axum::extract::State;
use axum::http::HeaderMap;
use serde::Deserialize;
use serde_json::json;

use stagewright_core::command::delete_record::decide;
use stagewright_core::context::AutomationMode;
use stagewright_core::model::record::RecordRef;

use crate::http::answer::{Answer, OK, expected, json};
use crate::http::body::Body;
use crate::http::context::Call;
use crate::http::params::Ids;
use crate::http::state::App;

/// Where a duplicate goes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Merge {
    into: String,
    automation: Option<AutomationMode>,
    on_behalf_of: Option<String>,
}

/// Merges a record into another of its kind: it is deleted, and the other takes over its
/// conversation, files, tasks and activities.
pub(in crate::http) async fn merge_record(
    State(app): App,
    call: Call,
    Ids((kind, id)): Ids<(String, String)>,
    headers: HeaderMap,
    Body { value, raw }: Body<Merge>,
) -> Answer {
    let expected = expected(&headers)?;
    let target = RecordRef::new(&kind, &id);
    call.caller.may_change(&kind, None, &[])?;
    let wishes = call.wishes(value.automation, value.on_behalf_of)?;

    let answer = call.carry_out(&app, &raw, wishes, |tx, ctx| {
        let job = decide(tx, ctx, &target, Some(&value.into), expected)?.map(|job| job.id);
        Ok((
            OK,
            json!({ "merged": target, "into": RecordRef::new(&kind, &value.into), "job": job }),
        ))
    });
    Ok(json(answer.await?))
}
