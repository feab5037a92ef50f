//! `PUT /v1/lines/{id}`

use axum::extract::State;
use axum::http::HeaderMap;
use serde_json::{Map, Value};
use stagewright_core::command::put_line::decide;
use stagewright_core::model::channel::Line;

use crate::http::answer::{Answer, expected, put, versioned};
use crate::http::body::{Body, read_back};
use crate::http::context::Call;
use crate::http::params::Ids;
use crate::http::state::App;

/// Creates or replaces a line. With `If-Match` only where it is still at that version.
pub(in crate::http) async fn put_line(
    State(app): App,
    call: Call,
    Ids(id): Ids<String>,
    headers: HeaderMap,
    Body { value, raw }: Body<Map<String, Value>>,
) -> Answer {
    let expected = expected(&headers)?;
    let line: Line = read_back(value, &id, &["version"])?;
    let answer = call.carry_out(&app, &raw, call.wishes(None, None)?, |tx, ctx| {
        let (line, version) = decide(tx, ctx, &id, line.clone(), expected)?;
        Ok(put(&line, version))
    });
    Ok(versioned(answer.await?))
}
