//! `GET /dev/clock` and `POST /dev/clock/advance`: the lever of a manual clock. Not there where the
//! clock is the machine's.

use axum::extract::State;
use serde::Deserialize;
use serde_json::json;

use stagewright_core::refusal::Refusal;
use stagewright_core::time::parse_duration_ms;

use super::answer::{Answer, ok};
use super::body::{Body, Nothing};
use super::error::Problem;
use super::params::Asked;
use super::state::App;

/// By how much.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct By {
    by: String,
}

/// Shows what time it is.
pub(super) async fn show_clock(State(app): App, Asked(Nothing {}): Asked<Nothing>) -> Answer {
    Ok(ok(json!({ "now": app.service.clock.now() })))
}

/// Moves the clock, waits until what became due is done, and answers the new time.
pub(super) async fn advance_clock(
    State(app): App,
    Asked(Nothing {}): Asked<Nothing>,
    Body { value, .. }: Body<By>,
) -> Answer {
    let by_ms = parse_duration_ms(&value.by)
        .map_err(|e| Refusal::invalid("request.wrong-type", "by", e))?;
    let Some(advance) = &app.dev else { return Err(Problem::unknown_path()) };
    Ok(ok(json!({ "now": advance(by_ms).await })))
}
