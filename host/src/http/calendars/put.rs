//! `PUT /v1/calendars/{id}`

use axum::extract::State;
use axum::http::HeaderMap;
use serde_json::{Map, Value};
use stagewright_core::command::put_calendar::decide;
use stagewright_core::model::calendar::Calendar;

use crate::http::answer::{Answer, expected, put, versioned};
use crate::http::body::{Body, read_back};
use crate::http::context::Call;
use crate::http::params::Ids;
use crate::http::state::App;

/// Creates or replaces a business calendar. With `If-Match` only where it is still at that version.
pub(in crate::http) async fn put_calendar(
    State(app): App,
    call: Call,
    Ids(id): Ids<String>,
    headers: HeaderMap,
    Body { value, raw }: Body<Map<String, Value>>,
) -> Answer {
    let expected = expected(&headers)?;
    let calendar: Calendar = read_back(value, &id, &["version"])?;
    let answer = call.carry_out(&app, &raw, call.wishes(None, None)?, |tx, ctx| {
        let (calendar, version) = decide(tx, ctx, &id, calendar.clone(), expected)?;
        Ok(put(&calendar, version))
    });
    Ok(versioned(answer.await?))
}
