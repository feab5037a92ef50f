//! `/v1/calendars`: business calendars, when people work.

use std::collections::BTreeMap;

use axum::extract::State;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use stagewright_core::command::put_calendar;
use stagewright_core::model::calendar::{Calendar, Hours, Week};

use super::answer::{Answer, Json, Versioned};
use super::auth::Caller;
use super::body::Nothing;
use super::page::{Items, PageQuery};
use super::params::{Asked, Ids};
use super::replace::Replace;
use super::state::App;

/// A business calendar as clients write it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CalendarBody {
    /// As in the path, if it is there.
    #[serde(default)]
    id: String,
    /// Name for people.
    name: String,
    /// An IANA time zone, such as `Europe/Kyiv`.
    time_zone: String,
    /// The usual week.
    week: Week,
    /// Days that differ: holidays have no hours, half days fewer, others more.
    #[serde(default)]
    days: BTreeMap<NaiveDate, Vec<Hours>>,
}

/// A business calendar as clients see it.
#[derive(Debug, Serialize)]
pub(super) struct CalendarView {
    id: String,
    name: String,
    time_zone: String,
    week: Week,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    days: BTreeMap<NaiveDate, Vec<Hours>>,
    version: u64,
}

impl From<CalendarBody> for Calendar {
    fn from(body: CalendarBody) -> Self {
        let CalendarBody { id, name, time_zone, week, days } = body;
        Self { id, name, time_zone, week, days }
    }
}

impl CalendarView {
    fn of(calendar: Calendar, version: u64) -> Self {
        let Calendar { id, name, time_zone, week, days } = calendar;
        Self { id, name, time_zone, week, days, version }
    }
}

/// `GET /v1/calendars`: lists business calendars by id.
pub(super) async fn list_calendars(
    State(app): App,
    caller: Caller,
    Asked(asked): Asked<PageQuery>,
) -> Answer<Items<CalendarView>> {
    let found = app.service.calendars(caller.tenant(), &asked.page()?).await?;

    let views =
        found.rows.into_iter().map(|(_, calendar, version)| CalendarView::of(calendar, version));
    Ok(Items::new(views, found.next))
}

/// `GET /v1/calendars/{id}`: shows a business calendar. Its version is the `ETag`.
pub(super) async fn show_calendar(
    State(app): App,
    caller: Caller,
    Asked(Nothing {}): Asked<Nothing>,
    Ids(id): Ids<String>,
) -> Answer<Versioned<CalendarView>> {
    let (calendar, version) = app.service.calendar(caller.tenant(), &id).await?;
    Ok(Json::ok(&CalendarView::of(calendar, version)).versioned())
}

/// `PUT /v1/calendars/{id}`: creates or replaces a business calendar; with `If-Match` only where it
/// is still at that version.
pub(super) async fn put_calendar(request: Replace) -> Answer<Versioned<CalendarView>> {
    let view = |_: &_, _: &_, calendar, version| CalendarView::of(calendar, version);
    request.with::<CalendarBody, _, _>(&["version"], put_calendar::decide, view).await
}
