//! `DELETE /v1/webhooks/{code}`

use axum::extract::State;
use stagewright_core::command::webhook;

use crate::http::answer::{Answer, nothing};
use crate::http::context::Call;
use crate::http::params::Ids;
use crate::http::state::App;

/// Deletes a webhook: what comes to its address from now on is refused.
pub(in crate::http) async fn delete_webhook(State(app): App, call: Call, Ids(code): Ids<String>) -> Answer {
    let command = call.begin(&app, call.caller.tenant(), call.wishes(None, None)?)?;
    app.service.execute(&command, |tx, ctx| webhook::delete(tx, ctx, &code)).await?;
    Ok(nothing())
}
