//! What automation does with an item.

use axum::extract::State;
use serde::Deserialize;

use stagewright_core::model::record::RecordRef;

use super::view::OverviewView;
use crate::http::answer::{Answer, Json};
use crate::http::auth::Caller;
use crate::http::page::page;
use crate::http::params::{Asked, Ids};
use crate::http::state::App;

/// How much.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct AutomationQuery {
    limit: Option<usize>,
}

/// `GET /v1/records/{kind}/{id}/automation`: shows what automation did with an item, what it will
/// do and when, and what it did not do and why: in `why` one sentence for each robot of the current
/// stage; then the newest runs with every step, the newest events with every candidate and what
/// came of it, and where the messages stand that steps asked for.
pub(in crate::http) async fn show_automation(
    State(app): App,
    caller: Caller,
    Ids((kind, id)): Ids<(String, String)>,
    Asked(asked): Asked<AutomationQuery>,
) -> Answer<Json<OverviewView>> {
    let limit = page(asked.limit, None)?.limit;
    let found = app.service.overview(caller.tenant(), &RecordRef::new(&kind, &id), limit).await?;
    Ok(Json::ok(&OverviewView::of(found)))
}
