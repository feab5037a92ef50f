//! `GET /v1/lines`

use axum::extract::State;
use serde::Deserialize;

use stagewright_core::key::{Key, Table};
use stagewright_core::model::channel::Line;

use crate::http::answer::{Answer, with_version};
use crate::http::auth::Caller;
use crate::http::page::{listed, page};
use crate::http::params::Asked;
use crate::http::state::App;
use crate::service::Order;

/// Which page.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct LineQuery {
    limit: Option<usize>,
    cursor: Option<String>,
}

/// Lists lines by id.
pub(in crate::http) async fn list_lines(
    State(app): App,
    caller: Caller,
    Asked(asked): Asked<LineQuery>,
) -> Answer {
    let page = page(asked.limit, asked.cursor.as_deref())?;
    let prefix = Key::new(caller.tenant(), Table::Line, &[]);
    let found = app.service.list::<Line>(&prefix, &page, Order::Forward, |_| true).await?;

    Ok(listed(
        found.rows.iter().map(|(_, line, version)| with_version(line, *version)).collect(),
        found.next,
    ))
}
