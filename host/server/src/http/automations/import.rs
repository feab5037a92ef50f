//! `POST /v1/automations/import`

use axum::body::Bytes;
use axum::extract::State;
use serde::Deserialize;
use serde_json::json;

use stagewright_core::command::import_automations::{Import, decide};
use stagewright_core::drive::Failure;
use stagewright_core::model::job::Waiting;
use stagewright_core::refusal::Refusal;

use crate::automation_file::{malformed, read};
use crate::http::answer::{Answer, OK, json};
use crate::http::body::{IMPORT_BYTES_MAX, Raw};
use crate::http::context::Call;
use crate::http::error::Problem;
use crate::http::params::Asked;
use crate::http::state::App;

/// How.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct ImportQuery {
    #[serde(default)]
    dry_run: bool,
    #[serde(default)]
    publish: bool,
    waiting: Option<Waiting>,
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

/// Sets up what a YAML file says, all or nothing, and answers what that created, changed and left,
/// field by field. With `dry_run` nothing is written; with `publish` the drafts that differ from
/// what runs are published too, and runs that wait under older versions keep theirs unless
/// `waiting` says that they are cancelled or migrated.
pub(in crate::http) async fn import_automations(
    State(app): App,
    call: Call,
    Asked(asked): Asked<ImportQuery>,
    Raw(raw): Raw<IMPORT_BYTES_MAX>,
) -> Answer {
    let import = read_apart(raw.clone()).await?;
    let publish = asked.publishing()?;

    if asked.dry_run {
        let command = call.begin(&app, call.caller.tenant(), Default::default())?;
        // The decision is the same as without `dry_run`, so what it shows is what would happen; a
        // query commits nothing.
        let changes = app.service.query(|tx| decide(tx, &command.ctx, &import, publish)).await?;
        return Ok(json((OK, json!({"dry_run": true, "changes": changes}))));
    }

    let answer = call.carry_out(&app, &raw, Default::default(), |tx, ctx| {
        Ok((OK, json!({"dry_run": false, "changes": decide(tx, ctx, &import, publish)?})))
    });
    Ok(json(answer.await?))
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
