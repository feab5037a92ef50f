//! `GET /v1/records/{kind}/{id}/automation`

use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use stagewright_core::model::record::RecordRef;

use crate::http::answer::{Answer, ok};
use crate::http::auth::Caller;
use crate::http::deliveries::delivery_view;
use crate::http::page::page;
use crate::http::params::{Asked, Ids};
use crate::http::pauses::pauses_view;
use crate::http::runs::run_view;
use crate::http::state::App;

/// How much.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct AutomationQuery {
    limit: Option<usize>,
}

/// Shows what automation did with an item, what it will do and when, and what it did not do and
/// why: in `why` one sentence for each robot of the current stage; then the newest runs with every
/// step, the newest events with every candidate and what came of it, and where the messages stand
/// that steps asked for.
pub(in crate::http) async fn show_automation(
    State(app): App,
    caller: Caller,
    Ids((kind, id)): Ids<(String, String)>,
    Asked(asked): Asked<AutomationQuery>,
) -> Answer {
    let limit = page(asked.limit, None)?.limit;
    let found = app.service.overview(caller.tenant(), &RecordRef::new(&kind, &id), limit).await?;

    Ok(ok(json!({
        "record": found.record.key, "pipeline": found.record.text("pipeline"),
        "stage": found.record.text("stage"), "deleted_at": found.record.deleted_at,
        "why": found.why, "runs": found.runs.iter().map(run_view).collect::<Vec<Value>>(),
        "decisions": found.decisions, "paused": pauses_view(&found.pauses),
        "deliveries": found.deliveries.iter().map(delivery_view).collect::<Vec<Value>>(),
    })))
}
