//! `GET /v1/calendars`

use axum::extract::State;
use serde::Deserialize;

use stagewright_core::key::{Key, Table};
use stagewright_core::model::calendar::Calendar;

use crate::http::answer::{Answer, with_version};
use crate::http::auth::Caller;
use crate::http::page::{listed, page};
use crate::http::params::Asked;
use crate::http::state::App;
use crate::service::Order;

/// Which page.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct CalendarQuery {
    limit: Option<usize>,
    cursor: Option<String>,
}

/// Lists calendars by id.
pub(in crate::http) async fn list_calendars(
    State(app): App,
    caller: Caller,
    Asked(asked): Asked<CalendarQuery>,
) -> Answer {
    let page = page(asked.limit, asked.cursor.as_deref())?;
    let prefix = Key::new(caller.tenant(), Table::Calendar, &[]);
    let found = app.service.list::<Calendar>(&prefix, &page, Order::Forward, |_| true).await?;

    Ok(listed(
        found.rows.iter().map(|(_, calendar, version)| with_version(calendar, *version)).collect(),
        found.next,
    ))
}
