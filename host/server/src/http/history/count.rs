//! `GET /v1/history/count`

use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use stagewright_core::model::history::EntryType;
use stagewright_core::time::Timestamp;

use crate::http::answer::{Answer, ok};
use crate::http::auth::Caller;
use crate::http::params::Asked;
use crate::http::state::App;
use crate::service::{By, HistoryFilter};

/// What is counted apart.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Apart {
    Author,
    Responsible,
    Type,
}

/// What is counted.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct CountQuery {
    by: Option<Apart>,
    #[serde(rename = "type")]
    entry_type: Option<EntryType>,
    author: Option<String>,
    responsible: Option<String>,
    kind: Option<String>,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
}

/// Counts what happened, filtered as in the list, and apart by author, by who was responsible, or
/// by type, most first.
pub(in crate::http) async fn count_history(
    State(app): App,
    caller: Caller,
    Asked(asked): Asked<CountQuery>,
) -> Answer {
    let by = asked.by.map(|apart| match apart {
        Apart::Author => By::Author,
        Apart::Responsible => By::Responsible,
        Apart::Type => By::Type,
    });

    let CountQuery { entry_type, author, responsible, kind, from, to, .. } = asked;
    let filter = HistoryFilter { entry_type, author, responsible, kind, from, to };
    let counted = app.service.count_history(caller.tenant(), &filter, by).await?;

    let groups: Vec<Value> =
        counted.groups.iter().map(|(key, count)| json!({"key": key, "count": count})).collect();
    Ok(ok(json!({"total": counted.total, "groups": groups})))
}
