//! `DELETE /v1/webhooks/{code}`

use axum::extract::State;
use axum::http::HeaderMap;

use stagewright_core::command::webhook;

use crate::http::answer::{Answer, expected, nothing};
use crate::http::context::Call;
use crate::http::params::Ids;
use crate::http::state::App;

/// Deletes a webhook: what comes to its address from now on is refused. With `If-Match` only where
/// it is still at that version.
pub(in crate::http) async fn delete_webhook(
    State(app): App,
    call: Call,
    Ids(code): Ids<String>,
    headers: HeaderMap,
) -> Answer {
    let expected = expected(&headers)?;
    let command = call.begin(&app, call.caller.tenant(), call.wishes(None, None)?)?;
    app.service.execute(&command, |tx, ctx| webhook::delete(tx, ctx, &code, expected)).await?;
    Ok(nothing())
}
