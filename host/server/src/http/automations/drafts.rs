//! Drafts: what is edited.

use axum::extract::State;
use serde::Deserialize;

use stagewright_core::command::put_automation;
use stagewright_core::model::automation::Automation;

use super::view::{AutomationBody, AutomationView};
use crate::http::answer::{Answer, Json, Versioned};
use crate::http::auth::Caller;
use crate::http::body::Nothing;
use crate::http::page::{Items, page};
use crate::http::params::{Asked, Ids};
use crate::http::replace::Replace;
use crate::http::state::App;

/// What is looked for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct AutomationQuery {
    kind: Option<String>,
    pipeline: Option<String>,
    stage: Option<String>,
    limit: Option<usize>,
    cursor: Option<String>,
}

/// `GET /v1/automations`: lists automations by id: all, or those of a kind, a pipeline, a stage.
pub(in crate::http) async fn list_automations(
    State(app): App,
    caller: Caller,
    Asked(asked): Asked<AutomationQuery>,
) -> Answer<Items<AutomationView>> {
    let page = page(asked.limit, asked.cursor.as_deref())?;

    let fits = |automation: &Automation| {
        let same = |wanted: &Option<String>, found: &String| {
            wanted.as_ref().is_none_or(|wanted| wanted == found)
        };
        same(&asked.kind, &automation.kind)
            && same(&asked.pipeline, &automation.pipeline)
            && same(&asked.stage, &automation.stage)
    };

    let found = app.service.automations(caller.tenant(), &page, fits).await?;

    let view = |(_, automation, version)| AutomationView::of(automation, version);
    Ok(Items::new(found.rows.into_iter().map(view), found.next))
}

/// `GET /v1/automations/{id}`: shows the draft of an automation, with the number of the version
/// that runs now in `published`. Its version is the `ETag`.
pub(in crate::http) async fn show_automation(
    State(app): App,
    caller: Caller,
    Asked(Nothing {}): Asked<Nothing>,
    Ids(id): Ids<String>,
) -> Answer<Versioned<AutomationView>> {
    let (automation, version) = app.service.automation(caller.tenant(), &id).await?;
    Ok(Json::ok(&AutomationView::of(automation, version)).versioned())
}

/// `PUT /v1/automations/{id}`: creates or replaces the draft of a stage's automation, checked as
/// strictly as if it ran now. What runs is what was published.
pub(in crate::http) async fn put_automation(request: Replace) -> Answer<Versioned<AutomationView>> {
    let view = |_: &_, _: &_, automation, version| AutomationView::of(automation, version);
    let host_only = ["version", "published"];
    request.with::<AutomationBody, _, _>(&host_only, put_automation::decide, view).await
}
