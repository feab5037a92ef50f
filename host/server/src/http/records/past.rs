//! What happened to a record.

use axum::extract::State;

use stagewright_core::model::record::RecordRef;

use super::view::EntryView;
use crate::http::answer::Answer;
use crate::http::auth::Caller;
use crate::http::history::HistoryView;
use crate::http::page::{Items, PageQuery};
use crate::http::params::{Asked, Ids};
use crate::http::state::App;

/// `GET /v1/records/{kind}/{id}/timeline`: shows what happened to an item, newest first. A deleted
/// item's timeline stays.
pub(in crate::http) async fn show_timeline(
    State(app): App,
    caller: Caller,
    Ids((kind, id)): Ids<(String, String)>,
    Asked(asked): Asked<PageQuery>,
) -> Answer<Items<EntryView>> {
    let (page, item) = (asked.page()?, RecordRef::new(&kind, &id));
    let found = app.service.timeline(caller.tenant(), &item, &page).await?;

    Ok(Items::new(found.rows.into_iter().map(|(_, entry, _)| EntryView::of(entry)), found.next))
}

/// `GET /v1/records/{kind}/{id}/history`: shows the history of a record, newest first. A deleted
/// record's history stays.
pub(in crate::http) async fn show_history(
    State(app): App,
    caller: Caller,
    Ids((kind, id)): Ids<(String, String)>,
    Asked(asked): Asked<PageQuery>,
) -> Answer<Items<HistoryView>> {
    let (page, record) = (asked.page()?, RecordRef::new(&kind, &id));
    let found = app.service.record_history(caller.tenant(), &record, &page).await?;

    Ok(Items::new(found.rows.into_iter().map(|(_, entry, _)| HistoryView::of(entry)), found.next))
}
