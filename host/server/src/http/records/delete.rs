//! `DELETE /v1/records/{kind}/{id}`

use axum::extract::State;
use axum::http::HeaderMap;
use serde_json::Value;

use stagewright_core::command::delete_record::decide;
use stagewright_core::model::record::RecordRef;

use crate::http::answer::{Answer, OK, expected, nothing};
use crate::http::context::Call;
use crate::http::params::Ids;
use crate::http::state::App;

/// Deletes a record; what waits for it is cancelled. `automation` and `on_behalf_of` may stand in
/// the query.
pub(in crate::http) async fn delete_record(
    State(app): App,
    call: Call,
    Ids((kind, id)): Ids<(String, String)>,
    headers: HeaderMap,
) -> Answer {
    let expected = expected(&headers)?;
    let target = RecordRef::new(&kind, &id);
    call.caller.may_change(&kind, None, &[])?;
    let wishes = call.wishes(None, None)?;

    call.carry_out(&app, b"", wishes, |tx, ctx| {
        decide(tx, ctx, &target, None, expected)?;
        Ok((OK, Value::Null))
    })
    .await?;
    Ok(nothing())
}
