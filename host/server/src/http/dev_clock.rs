//! `/dev/clock`: the lever of a manual clock. Not there where the clock is the machine's.

use axum::extract::State;
use serde::{Deserialize, Serialize};

use stagewright_core::refusal::Refusal;
use stagewright_core::time::{Timestamp, parse_duration_ms};

use super::answer::{Answer, Json};
use super::body::{Body, Nothing};
use super::error::Problem;
use super::params::Asked;
use super::state::App;

/// By how much to move the clock.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AdvanceBody {
    /// A duration.
    by: String,
}

/// What time it is.
#[derive(Debug, Serialize)]
pub(super) struct ClockView {
    now: Timestamp,
}

/// `GET /dev/clock`: shows what time it is.
pub(super) async fn show_clock(
    State(app): App,
    Asked(Nothing {}): Asked<Nothing>,
) -> Answer<Json<ClockView>> {
    Ok(Json::ok(&ClockView { now: app.service.clock.now() }))
}

/// `POST /dev/clock/advance`: moves the clock, waits until what became due is done, and answers the
/// new time.
pub(super) async fn advance_clock(
    State(app): App,
    Asked(Nothing {}): Asked<Nothing>,
    Body { value, .. }: Body<AdvanceBody>,
) -> Answer<Json<ClockView>> {
    let by_ms = parse_duration_ms(&value.by)
        .map_err(|e| Refusal::invalid("request.wrong-type", "by", e))?;
    let Some(advance) = &app.dev else { return Err(Problem::unknown_path()) };
    Ok(Json::ok(&ClockView { now: advance(by_ms).await }))
}
