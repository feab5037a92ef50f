//! `GET /v1/records/{kind}/{id}/timeline`

use axum::extract::State;
use serde::Deserialize;
use serde_json::json;

use stagewright_core::model::record::{Record, RecordRef};
use stagewright_core::model::timeline::Entry;

use crate::http::answer::Answer;
use crate::http::auth::Caller;
use crate::http::page::{listed, page};
use crate::http::params::{Asked, Ids};
use crate::http::state::App;
use crate::service::Order;

/// Which page.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct TimelineQuery {
    limit: Option<usize>,
    cursor: Option<String>,
}

/// Shows what happened to an item, newest first. A deleted item's timeline stays.
pub(in crate::http) async fn show_timeline(
    State(app): App,
    caller: Caller,
    Ids((kind, id)): Ids<(String, String)>,
    Asked(asked): Asked<TimelineQuery>,
) -> Answer {
    let page = page(asked.limit, asked.cursor.as_deref())?;
    let item = RecordRef::new(&kind, &id);
    // `fetch` and not `record`, which hides what was deleted.
    app.service.fetch::<Record>(&item.key(caller.tenant())).await?;

    let prefix = Entry::range(caller.tenant(), &item);
    let found = app.service.list::<Entry>(&prefix, &page, Order::NewestFirst, |_| true).await?;

    Ok(listed(found.rows.iter().map(|(_, entry, _)| json!(entry)).collect(), found.next))
}
