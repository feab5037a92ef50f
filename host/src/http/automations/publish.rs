//! `POST /v1/automations/{id}/publish`

use axum::extract::State;
use serde_json::json;
use stagewright_core::command::publish_automation::decide;

use crate::http::answer::{Answer, OK, json};
use crate::http::body::{Body, Nothing};
use crate::http::context::Call;
use crate::http::params::Ids;
use crate::http::state::App;

/// Publishes the draft as a new version, which runs for every item that comes to the stage from now on. Answers its number and
/// what the publisher should know of in `warnings`.
pub(in crate::http) async fn publish_automation(
    State(app): App,
    call: Call,
    Ids(id): Ids<String>,
    Body { raw, .. }: Body<Nothing>,
) -> Answer {
    let answer = call.carry_out(&app, &raw, call.wishes(None, None)?, |tx, ctx| {
        let version = decide(tx, ctx, &id)?;
        Ok((
            OK,
            json!({
                "automation": id, "published": version.version, "published_at": version.published_at,
                "published_by": version.published_by, "warnings": version.warnings,
            }),
        ))
    });
    Ok(json(answer.await?))
}
