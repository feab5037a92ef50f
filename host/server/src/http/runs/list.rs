//! `GET /v1/runs`

use axum::extract::State;
use serde::Deserialize;

use stagewright_core::key::{Key, Table};
use stagewright_core::model::record::{IndexEntry, Record};
use stagewright_core::model::run::Run;

use super::run_view;
use crate::http::answer::Answer;
use crate::http::auth::Caller;
use crate::http::page::{listed, page};
use crate::http::params::{Asked, record_ref};
use crate::http::state::App;
use crate::service::Order;

/// Which runs.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct RunQuery {
    record: Option<String>,
    limit: Option<usize>,
    cursor: Option<String>,
}

/// Lists runs, newest first: all, or those of the item `record=kind/id`.
pub(in crate::http) async fn list_runs(
    State(app): App,
    caller: Caller,
    Asked(asked): Asked<RunQuery>,
) -> Answer {
    let page = page(asked.limit, asked.cursor.as_deref())?;
    let tenant = caller.tenant();

    let found = match asked.record {
        Some(record) => {
            let item = record_ref("record", &record)?;
            app.service.fetch::<Record>(&item.key(tenant)).await?;
            let leads_to = |entry: &IndexEntry| Run::key(tenant, &entry.id);
            app.service
                .list_indexed::<_, Run>(
                    &Run::of_item(tenant, &item),
                    &page,
                    Order::NewestFirst,
                    leads_to,
                )
                .await?
        }
        None => {
            app.service
                .list::<Run>(&Key::new(tenant, Table::Run, &[]), &page, Order::NewestFirst, |_| {
                    true
                })
                .await?
        }
    };

    Ok(listed(found.rows.iter().map(|(_, run, _)| run_view(run)).collect(), found.next))
}
