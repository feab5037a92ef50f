//! `GET /v1/automations`

use axum::extract::State;
use serde::Deserialize;

use stagewright_core::key::{Key, Table};
use stagewright_core::model::automation::Automation;

use crate::http::answer::{Answer, with_version};
use crate::http::auth::Caller;
use crate::http::page::{listed, page};
use crate::http::params::Asked;
use crate::http::state::App;
use crate::service::Order;

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

/// Lists automations by id: all, or those of a kind, a pipeline, a stage.
pub(in crate::http) async fn list_automations(
    State(app): App,
    caller: Caller,
    Asked(asked): Asked<AutomationQuery>,
) -> Answer {
    let page = page(asked.limit, asked.cursor.as_deref())?;

    let fits = |automation: &Automation| {
        let same = |wanted: &Option<String>, found: &String| {
            wanted.as_ref().is_none_or(|wanted| wanted == found)
        };
        same(&asked.kind, &automation.kind)
            && same(&asked.pipeline, &automation.pipeline)
            && same(&asked.stage, &automation.stage)
    };

    let prefix = Key::new(caller.tenant(), Table::Automation, &[]);
    let found = app.service.list::<Automation>(&prefix, &page, Order::Forward, fits).await?;

    Ok(listed(
        found
            .rows
            .iter()
            .map(|(_, automation, version)| with_version(automation, *version))
            .collect(),
        found.next,
    ))
}
