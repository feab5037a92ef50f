//! `POST /v1/automations/{id}/apply`

use axum::extract::State;
use serde::Deserialize;
use serde_json::json;

use stagewright_core::command::job::apply;

use crate::http::answer::{ACCEPTED, Answer, json, ok};
use crate::http::body::Body;
use crate::http::context::Call;
use crate::http::jobs::job_view;
use crate::http::params::Ids;
use crate::http::state::App;

/// Whether to look only.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct ApplyBody {
    #[serde(default)]
    preview: bool,
}

/// Starts the published automation for the items that stand on its stage already and for which it
/// has not started since they came there. A job does it, a hundred items a second; `preview` only
/// counts them.
pub(in crate::http) async fn apply_automation(
    State(app): App,
    call: Call,
    Ids(id): Ids<String>,
    Body { value, raw }: Body<ApplyBody>,
) -> Answer {
    let wishes = call.wishes(None, None)?;

    if value.preview {
        let found = app.service.preview_apply(call.caller.tenant(), &id).await?;
        return Ok(ok(json!({
            "preview": true, "items": found.items, "looked_at": found.looked_at,
            "complete": found.complete,
        })));
    }

    let answer = call
        .carry_out(&app, &raw, wishes, |tx, ctx| Ok((ACCEPTED, job_view(&apply(tx, ctx, &id)?))));
    Ok(json(answer.await?))
}
