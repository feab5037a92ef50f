//! Automations as YAML files, out and in.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use stagewright_core::command::import_automations::{Change, Difference, Import, Imported, decide};
use stagewright_core::drive::Failure;
use stagewright_core::model::job::Waiting;
use stagewright_core::refusal::Refusal;

use crate::automation_file::{malformed, read};
use crate::http::answer::{Answer, Json};
use crate::http::auth::Caller;
use crate::http::body::{IMPORT_BYTES_MAX, Raw};
use crate::http::context::Call;
use crate::http::error::Problem;
use crate::http::params::Asked;
use crate::http::state::App;

/// What is exported.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct ExportQuery {
    pipeline: String,
}

/// How to import.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct ImportQuery {
    #[serde(default)]
    dry_run: bool,
    #[serde(default)]
    publish: bool,
    waiting: Option<Waiting>,
}

/// What an import did, or would do, as clients see it.
#[derive(Debug, Serialize)]
pub(in crate::http) struct ImportView {
    dry_run: bool,
    changes: Vec<ImportedView>,
}

/// One thing and what an import does to it, as clients see it.
#[derive(Debug, Serialize)]
struct ImportedView {
    #[serde(rename = "type")]
    what: &'static str,
    id: String,
    change: Change,
    #[serde(skip_serializing_if = "Option::is_none")]
    published: Option<u32>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    job: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fields: Vec<DifferenceView>,
}

/// One field that differs, as clients see it.
#[derive(Debug, Serialize)]
struct DifferenceView {
    field: String,
    before: Value,
    after: Value,
}

impl ImportQuery {
    /// What becomes of runs that wait, if something is published.
    fn publishing(&self) -> Result<Option<Waiting>, Refusal> {
        if self.waiting.is_some() && !self.publish {
            let message = "`waiting` says what becomes of runs that wait when something is \
                published; add `publish=true`";
            return Err(Refusal::invalid("import.nothing-published", "waiting", message));
        }
        Ok(self.publish.then(|| self.waiting.unwrap_or_default()))
    }
}

impl ImportView {
    fn of(dry_run: bool, changes: Vec<Imported>) -> Self {
        Self { dry_run, changes: changes.into_iter().map(ImportedView::of).collect() }
    }
}

impl ImportedView {
    fn of(imported: Imported) -> Self {
        let Imported { what, id, change, published, warnings, job, fields } = imported;
        let fields = fields.into_iter().map(DifferenceView::of).collect();
        Self { what, id, change, published, warnings, job, fields }
    }
}

impl DifferenceView {
    fn of(difference: Difference) -> Self {
        let Difference { field, before, after } = difference;
        Self { field, before, after }
    }
}

/// `GET /v1/automations/export`: gives a pipeline, the calendars that its robots count by, and the
/// drafts of its automations as one YAML file.
pub(in crate::http) async fn export_automations(
    State(app): App,
    caller: Caller,
    Asked(asked): Asked<ExportQuery>,
) -> Answer {
    let file = app.service.export_automations(caller.tenant(), &asked.pipeline).await?;
    Ok(([(CONTENT_TYPE, "application/yaml")], file).into_response())
}

/// `POST /v1/automations/import`: sets up what a YAML file says, all or nothing, and answers what
/// that created, changed and left, field by field. With `dry_run` nothing is written; with
/// `publish` the drafts that differ from what runs are published too, and runs that wait under
/// older versions keep theirs unless `waiting` says that they are cancelled or migrated.
pub(in crate::http) async fn import_automations(
    State(app): App,
    call: Call,
    Asked(asked): Asked<ImportQuery>,
    Raw(raw): Raw<IMPORT_BYTES_MAX>,
) -> Answer<Json<ImportView>> {
    let import = read_apart(raw.clone()).await?;
    let publish = asked.publishing()?;

    if asked.dry_run {
        let command = call.begin(&app, call.caller.tenant(), Default::default())?;
        // The decision is the same as without `dry_run`, so what it shows is what would happen; a
        // query commits nothing.
        let changes = app.service.query(|tx| decide(tx, &command.ctx, &import, publish)).await?;
        return Ok(Json::ok(&ImportView::of(true, changes)));
    }

    let answer = call.answer(&app, &raw, Default::default(), |tx, ctx| {
        Ok(Json::ok(&ImportView::of(false, decide(tx, ctx, &import, publish)?)))
    });
    answer.await
}

/// Reads the file where nobody waits for it: a large one takes a while.
async fn read_apart(file: Bytes) -> Result<Import, Problem> {
    let reading = tokio::task::spawn_blocking(move || {
        let text = std::str::from_utf8(&file)
            .map_err(|e| malformed(format!("the file is not UTF-8: {e}")))?;
        read(text)
    });
    Ok(reading.await.map_err(|e| Failure::Stopped(e.to_string()))??)
}
