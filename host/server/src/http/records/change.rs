//! Creating and changing records.

use axum::extract::State;
use axum::http::HeaderMap;
use serde::Deserialize;
use serde_json::{Map, Value};

use stagewright_core::command::{change_record, create_record, delete_record, move_item};
use stagewright_core::context::AutomationMode;
use stagewright_core::model::record::RecordRef;

use super::view::{MergedView, MovedView, RecordView};
use crate::http::answer::{Answer, Created, Json, NoContent, Versioned, expected};
use crate::http::body::Body;
use crate::http::context::Call;
use crate::http::params::Ids;
use crate::http::state::App;

/// A record to be.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct CreateBody {
    fields: Map<String, Value>,
    automation: Option<AutomationMode>,
    on_behalf_of: Option<String>,
}

/// Fields to change; `null` removes one.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct ChangeBody {
    fields: Map<String, Value>,
    automation: Option<AutomationMode>,
    on_behalf_of: Option<String>,
}

/// Where to move an item.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct MoveBody {
    stage: String,
    automation: Option<AutomationMode>,
    on_behalf_of: Option<String>,
}

/// Where a duplicate goes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct MergeBody {
    into: String,
    automation: Option<AutomationMode>,
    on_behalf_of: Option<String>,
}

/// `POST /v1/records/{kind}`: creates a record; an item enters its first stage, or the one that is
/// named. Answers 201 with the record.
pub(in crate::http) async fn create_record(
    State(app): App,
    call: Call,
    Ids(kind): Ids<String>,
    Body { value, raw }: Body<CreateBody>,
) -> Answer<Created<RecordView>> {
    call.caller.may_change(&kind, None, &[])?;
    let wishes = call.wishes(value.automation, value.on_behalf_of)?;

    let answer = call.answer(&app, &raw, wishes, |tx, ctx| {
        let (record, version) = create_record::decide(tx, ctx, &kind, &value.fields)?;
        Ok(Json::created(&RecordView::of(record, version)))
    });

    Ok(answer.await?.under(&format!("/v1/records/{kind}")))
}

/// `PATCH /v1/records/{kind}/{id}`: changes the fields that are given. With `If-Match` only where
/// the record is still at that version.
pub(in crate::http) async fn change_record(
    State(app): App,
    call: Call,
    Ids((kind, id)): Ids<(String, String)>,
    headers: HeaderMap,
    Body { value, raw }: Body<ChangeBody>,
) -> Answer<Versioned<RecordView>> {
    let expected = expected(&headers)?;
    let target = RecordRef::new(&kind, &id);

    let names: Vec<&str> = value.fields.keys().map(String::as_str).collect();
    call.caller.may_change(&kind, Some(&id), &names)?;
    let wishes = call.wishes(value.automation, value.on_behalf_of)?;

    let answer = call.answer(&app, &raw, wishes, |tx, ctx| {
        let (record, version) = change_record::decide(tx, ctx, &target, &value.fields, expected)?;
        Ok(Json::ok(&RecordView::of(record, version)))
    });

    Ok(answer.await?.versioned())
}

/// `POST /v1/records/{kind}/{id}/move`: moves an item to another stage of its pipeline. Answers the
/// item, and in `moved` whether it stands elsewhere now.
pub(in crate::http) async fn move_item(
    State(app): App,
    call: Call,
    Ids((kind, id)): Ids<(String, String)>,
    headers: HeaderMap,
    Body { value, raw }: Body<MoveBody>,
) -> Answer<Versioned<MovedView>> {
    let expected = expected(&headers)?;
    let target = RecordRef::new(&kind, &id);
    let wishes = call.wishes(value.automation, value.on_behalf_of)?;

    let answer = call.answer(&app, &raw, wishes, |tx, ctx| {
        let moved = move_item::decide(tx, ctx, &target, &value.stage, expected)?;
        Ok(Json::ok(&MovedView::of(moved)))
    });

    Ok(answer.await?.versioned())
}

/// `POST /v1/records/{kind}/{id}/merge`: merges a record into another of its kind: it is deleted,
/// and the other takes over its conversation, files, tasks and activities.
pub(in crate::http) async fn merge_record(
    State(app): App,
    call: Call,
    Ids((kind, id)): Ids<(String, String)>,
    headers: HeaderMap,
    Body { value, raw }: Body<MergeBody>,
) -> Answer<Json<MergedView>> {
    let expected = expected(&headers)?;
    let target = RecordRef::new(&kind, &id);
    call.caller.may_change(&kind, None, &[])?;
    let wishes = call.wishes(value.automation, value.on_behalf_of)?;

    let answer = call.answer(&app, &raw, wishes, |tx, ctx| {
        let job = delete_record::decide(tx, ctx, &target, Some(&value.into), expected)?;
        Ok(Json::ok(&MergedView {
            merged: target.clone(),
            into: RecordRef::new(&kind, &value.into),
            job: job.map(|job| job.id),
        }))
    });

    answer.await
}

/// `DELETE /v1/records/{kind}/{id}`: deletes a record; what waits for it is cancelled. `automation`
/// and `on_behalf_of` may stand in the query.
pub(in crate::http) async fn delete_record(
    State(app): App,
    call: Call,
    Ids((kind, id)): Ids<(String, String)>,
    headers: HeaderMap,
) -> Answer<NoContent> {
    let expected = expected(&headers)?;
    let target = RecordRef::new(&kind, &id);
    call.caller.may_change(&kind, None, &[])?;
    let wishes = call.wishes(None, None)?;

    let answer = call.answer(&app, b"", wishes, |tx, ctx| {
        delete_record::decide(tx, ctx, &target, None, expected)?;
        Ok(Json::ok(&()))
    });

    answer.await?;
    Ok(NoContent)
}
