//! `POST /v1/notifications/{id}/read`

use axum::extract::State;
use serde::Deserialize;

use stagewright_core::command::notify;

use super::view;
use crate::http::answer::{Answer, OK, json};
use crate::http::body::Body;
use crate::http::context::Call;
use crate::http::params::Ids;
use crate::http::state::App;

/// Whose it is; an employee's token says it already.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct ReadNotification {
    user: Option<String>,
}

/// Marks a notification as read.
pub(in crate::http) async fn read_notification(
    State(app): App,
    call: Call,
    Ids(id): Ids<String>,
    Body { value, raw }: Body<ReadNotification>,
) -> Answer {
    let user = call.caller.acting_user(value.user.as_deref())?;
    let answer = call.carry_out(&app, &raw, call.wishes(None, None)?, |tx, ctx| {
        let notification = notify::read(tx, ctx, &user, &id)?;
        Ok((OK, view(&notification)))
    });
    Ok(json(answer.await?))
}
