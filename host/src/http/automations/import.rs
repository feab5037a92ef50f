//! `POST /v1/automations/import`

use axum::extract::State;
use serde::Deserialize;
use serde_json::json;
use stagewright_core::command::import_automations::decide;

use crate::automation_file::{malformed, read};
use crate::http::answer::{Answer, OK, json};
use crate::http::body::{JSON_BYTES_MAX, Raw};
use crate::http::context::Call;
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
}

/// Sets up what a YAML file says, all or nothing, and answers what that created, changed and left, field by field. With `dry_run`
/// nothing is written; with `publish` the drafts that differ from what runs are published too.
pub(in crate::http) async fn import_automations(
    State(app): App,
    call: Call,
    Asked(asked): Asked<ImportQuery>,
    Raw(raw): Raw<JSON_BYTES_MAX>,
) -> Answer {
    let text = std::str::from_utf8(&raw).map_err(|e| malformed(format!("the file is not UTF-8: {e}")))?;
    let import = read(text)?;
    if asked.dry_run {
        let command = call.begin(&app, call.caller.tenant(), Default::default())?;
        let changes = app.service.query(|tx| decide(tx, &command.ctx, &import, asked.publish)).await?;
        return Ok(json((OK, json!({"dry_run": true, "changes": changes}))));
    }
    let answer = call.carry_out(&app, &raw, Default::default(), |tx, ctx| {
        Ok((OK, json!({"dry_run": false, "changes": decide(tx, ctx, &import, asked.publish)?})))
    });
    Ok(json(answer.await?))
}
