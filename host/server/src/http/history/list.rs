//! `GET /v1/history`

use axum::extract::State;
use serde::Deserialize;

use stagewright_core::model::history::EntryType;
use stagewright_core::time::Timestamp;

use super::view;
use crate::http::answer::Answer;
use crate::http::auth::Caller;
use crate::http::page::{listed, page};
use crate::http::params::Asked;
use crate::http::state::App;
use crate::service::HistoryFilter;

/// What is looked for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct HistoryQuery {
    limit: Option<usize>,
    cursor: Option<String>,
    #[serde(rename = "type")]
    entry_type: Option<EntryType>,
    author: Option<String>,
    responsible: Option<String>,
    kind: Option<String>,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
}

/// Lists what happened to all records, newest first: by type, author, who was responsible then,
/// kind of record and period.
pub(in crate::http) async fn list_history(
    State(app): App,
    caller: Caller,
    Asked(asked): Asked<HistoryQuery>,
) -> Answer {
    let page = page(asked.limit, asked.cursor.as_deref())?;
    let HistoryQuery { entry_type, author, responsible, kind, from, to, .. } = asked;
    let filter = HistoryFilter { entry_type, author, responsible, kind, from, to };

    let found = app.service.history(caller.tenant(), &filter, &page).await?;
    Ok(listed(found.rows.iter().map(|(_, entry, _)| view(entry)).collect(), found.next))
}
