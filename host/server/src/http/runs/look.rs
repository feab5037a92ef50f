//! Runs, looked at.

use axum::extract::State;
use serde::Deserialize;

use super::view::RunView;
use crate::http::answer::{Answer, Json};
use crate::http::auth::Caller;
use crate::http::body::Nothing;
use crate::http::page::{Items, page};
use crate::http::params::{Asked, Ids, record_ref};
use crate::http::state::App;

/// Which runs.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct RunQuery {
    record: Option<String>,
    limit: Option<usize>,
    cursor: Option<String>,
}

/// `GET /v1/runs`: lists runs, newest first: all, or those of the item `record=kind/id`.
pub(in crate::http) async fn list_runs(
    State(app): App,
    caller: Caller,
    Asked(asked): Asked<RunQuery>,
) -> Answer<Items<RunView>> {
    let page = page(asked.limit, asked.cursor.as_deref())?;
    let tenant = caller.tenant();

    let found = match asked.record {
        Some(record) => {
            let item = record_ref("record", &record)?;
            app.service.runs_of_item(tenant, &item, &page).await?
        }
        None => app.service.runs(tenant, &page).await?,
    };

    Ok(Items::new(found.rows.into_iter().map(|(_, run, _)| RunView::of(run)), found.next))
}

/// `GET /v1/runs/{id}`: shows a run with every step and its tries.
pub(in crate::http) async fn show_run(
    State(app): App,
    caller: Caller,
    Asked(Nothing {}): Asked<Nothing>,
    Ids(id): Ids<String>,
) -> Answer<Json<RunView>> {
    let run = app.service.run(caller.tenant(), &id).await?;
    Ok(Json::ok(&RunView::of(run)))
}
