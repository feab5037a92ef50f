//! `GET /v1/records/{kind}/{id}/history`

use axum::extract::State;
use serde::Deserialize;

use stagewright_core::model::history::{HistoryEntry, HistoryPlace};
use stagewright_core::model::record::{Record, RecordRef};

use crate::http::answer::Answer;
use crate::http::auth::Caller;
use crate::http::history::view;
use crate::http::page::{listed, page};
use crate::http::params::{Asked, Ids};
use crate::http::state::App;
use crate::service::Order;

/// Which page.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct RecordHistoryQuery {
    limit: Option<usize>,
    cursor: Option<String>,
}

/// Shows the history of a record, newest first. A deleted record's history stays.
pub(in crate::http) async fn show_history(
    State(app): App,
    caller: Caller,
    Ids((kind, id)): Ids<(String, String)>,
    Asked(asked): Asked<RecordHistoryQuery>,
) -> Answer {
    let page = page(asked.limit, asked.cursor.as_deref())?;
    let (tenant, record) = (caller.tenant(), RecordRef::new(&kind, &id));
    // `fetch` and not `record`, which hides what was deleted.
    app.service.fetch::<Record>(&record.key(tenant)).await?;

    let prefix = HistoryEntry::of_record(tenant, &record);
    let leads_to = |place: &HistoryPlace| place.key(tenant);
    let found = app
        .service
        .list_indexed::<_, HistoryEntry>(&prefix, &page, Order::NewestFirst, leads_to)
        .await?;

    Ok(listed(found.rows.iter().map(|(_, entry, _)| view(entry)).collect(), found.next))
}
