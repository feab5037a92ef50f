//! `GET /v1/pipelines`

use axum::extract::State;
use serde::Deserialize;

use stagewright_core::key::{Key, Table};
use stagewright_core::model::pipeline::Pipeline;

use crate::http::answer::{Answer, with_version};
use crate::http::auth::Caller;
use crate::http::page::{listed, page};
use crate::http::params::Asked;
use crate::http::state::App;
use crate::service::Order;

/// Which page.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct PipelineQuery {
    limit: Option<usize>,
    cursor: Option<String>,
}

/// Lists pipelines by id.
pub(in crate::http) async fn list_pipelines(
    State(app): App,
    caller: Caller,
    Asked(asked): Asked<PipelineQuery>,
) -> Answer {
    let page = page(asked.limit, asked.cursor.as_deref())?;
    let prefix = Key::new(caller.tenant(), Table::Pipeline, &[]);
    let found = app.service.list::<Pipeline>(&prefix, &page, Order::Forward, |_| true).await?;

    Ok(listed(
        found.rows.iter().map(|(_, pipeline, version)| with_version(pipeline, *version)).collect(),
        found.next,
    ))
}
