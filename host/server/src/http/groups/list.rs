//! `GET /v1/groups`

use axum::extract::State;
use serde::Deserialize;

use stagewright_core::key::{Key, Table};
use stagewright_core::model::group::Group;

use crate::http::answer::{Answer, with_version};
use crate::http::auth::Caller;
use crate::http::page::{listed, page};
use crate::http::params::Asked;
use crate::http::state::App;
use crate::service::Order;

/// Which page.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct GroupQuery {
    limit: Option<usize>,
    cursor: Option<String>,
}

/// Lists work groups by id.
pub(in crate::http) async fn list_groups(
    State(app): App,
    caller: Caller,
    Asked(asked): Asked<GroupQuery>,
) -> Answer {
    let page = page(asked.limit, asked.cursor.as_deref())?;
    let prefix = Key::new(caller.tenant(), Table::Group, &[]);
    let found = app.service.list::<Group>(&prefix, &page, Order::Forward, |_| true).await?;

    Ok(listed(
        found.rows.iter().map(|(_, group, version)| with_version(group, *version)).collect(),
        found.next,
    ))
}
