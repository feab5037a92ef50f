//! `GET /v1/calendars/{id}`

use axum::extract::State;

use stagewright_core::model::calendar::Calendar;

use crate::http::answer::{Answer, OK, versioned, with_version};
use crate::http::auth::Caller;
use crate::http::body::Nothing;
use crate::http::params::{Asked, Ids};
use crate::http::state::App;

/// Shows a calendar. Its version is the ETag.
pub(in crate::http) async fn show_calendar(
    State(app): App,
    caller: Caller,
    Asked(Nothing {}): Asked<Nothing>,
    Ids(id): Ids<String>,
) -> Answer {
    let (calendar, version) =
        app.service.fetch::<Calendar>(&Calendar::key(caller.tenant(), &id)).await?;
    Ok(versioned((OK, with_version(&calendar, version))))
}
