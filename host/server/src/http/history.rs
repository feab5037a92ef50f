//! `/v1/history`: what happened to all records of the tenant.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use stagewright_core::context::Actor;
use stagewright_core::model::history::{EntryType, HistoryEntry, MadeBy};
use stagewright_core::model::record::RecordRef;
use stagewright_core::time::Timestamp;

use super::answer::{Answer, Json};
use super::auth::Caller;
use super::page::{Items, page};
use super::params::Asked;
use super::state::App;
use crate::service::{By, Counted, HistoryFilter};

/// What is looked for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HistoryQuery {
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

/// What is counted.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CountQuery {
    by: Option<Apart>,
    #[serde(rename = "type")]
    entry_type: Option<EntryType>,
    author: Option<String>,
    responsible: Option<String>,
    kind: Option<String>,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
}

/// What is counted apart.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Apart {
    Author,
    Responsible,
    Type,
}

/// An entry as clients see it. Its number only orders it.
#[derive(Debug, Serialize)]
pub(super) struct HistoryView {
    id: String,
    at: Timestamp,
    #[serde(rename = "type")]
    kind: EntryType,
    item: RecordRef,
    text: String,
    actor: Actor,
    author: Option<String>,
    responsible: Option<String>,
    automation: Option<String>,
    robot: Option<String>,
    pipeline: Option<String>,
    stage: Option<String>,
    run: Option<String>,
    data: Map<String, Value>,
}

/// How many entries there are, as clients see it.
#[derive(Debug, Serialize)]
pub(super) struct CountView {
    total: usize,
    groups: Vec<GroupCountView>,
}

/// Entries that were counted apart, as clients see them.
#[derive(Debug, Serialize)]
struct GroupCountView {
    /// The user's id or the type; nothing where an entry has none.
    key: Option<String>,
    count: usize,
}

impl HistoryView {
    pub(super) fn of(entry: HistoryEntry) -> Self {
        let HistoryEntry {
            id,
            at,
            number: _,
            kind,
            item,
            text,
            actor,
            author,
            responsible,
            by: MadeBy { automation, robot, pipeline, stage, run },
            data,
        } = entry;

        Self {
            id,
            at,
            kind,
            item,
            text,
            actor,
            author,
            responsible,
            automation,
            robot,
            pipeline,
            stage,
            run,
            data,
        }
    }
}

impl CountView {
    fn of(counted: Counted) -> Self {
        let Counted { total, groups } = counted;
        let groups = groups.into_iter().map(|(key, count)| GroupCountView { key, count });
        Self { total, groups: groups.collect() }
    }
}

impl From<Apart> for By {
    fn from(apart: Apart) -> Self {
        match apart {
            Apart::Author => Self::Author,
            Apart::Responsible => Self::Responsible,
            Apart::Type => Self::Type,
        }
    }
}

/// `GET /v1/history`: lists what happened to all records, newest first: by type, author, who was
/// responsible then, kind of record and period.
pub(super) async fn list_history(
    State(app): App,
    caller: Caller,
    Asked(asked): Asked<HistoryQuery>,
) -> Answer<Items<HistoryView>> {
    let HistoryQuery { limit, cursor, entry_type, author, responsible, kind, from, to } = asked;
    let page = page(limit, cursor.as_deref())?;
    let filter = HistoryFilter { entry_type, author, responsible, kind, from, to };

    let found = app.service.history(caller.tenant(), &filter, &page).await?;

    Ok(Items::new(found.rows.into_iter().map(|(_, entry, _)| HistoryView::of(entry)), found.next))
}

/// `GET /v1/history/count`: counts what happened, filtered as in the list, and apart by author, by
/// who was responsible, or by type, most first.
pub(super) async fn count_history(
    State(app): App,
    caller: Caller,
    Asked(asked): Asked<CountQuery>,
) -> Answer<Json<CountView>> {
    let CountQuery { by, entry_type, author, responsible, kind, from, to } = asked;
    let filter = HistoryFilter { entry_type, author, responsible, kind, from, to };

    let counted = app.service.count_history(caller.tenant(), &filter, by.map(By::from)).await?;

    Ok(Json::ok(&CountView::of(counted)))
}
