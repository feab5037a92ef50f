//! `GET /v1/automations/export`

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use serde::Deserialize;

use crate::http::answer::Answer;
use crate::http::auth::Caller;
use crate::http::params::Asked;
use crate::http::state::App;

/// What is exported.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct ExportQuery {
    pipeline: String,
}

/// Gives a pipeline, the calendars that its robots count by, and the drafts of its automations as
/// one YAML file.
pub(in crate::http) async fn export_automations(
    State(app): App,
    caller: Caller,
    Asked(asked): Asked<ExportQuery>,
) -> Answer {
    let file = app.service.export_automations(caller.tenant(), &asked.pipeline).await?;
    Ok(([(CONTENT_TYPE, "application/yaml")], file).into_response())
}
