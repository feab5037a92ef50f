//! `POST /v1/templates/preview`

use axum::extract::State;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use stagewright_core::command::preview_template::{Preview, preview};
use stagewright_core::template::Unfilled;

use crate::http::answer::{Answer, OK, json};
use crate::http::body::{Body, RecordName};
use crate::http::context::Call;
use crate::http::state::App;

/// What to fill in, and with which item.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Asked {
    record: RecordName,
    template: String,
}

/// Fills a template in with an item as it is now: answers `text`, or else whether a robot that says
/// it `fails` or `skips` and why, and what the template refers to with the values. Changes nothing.
pub(in crate::http) async fn preview_template(
    State(app): App,
    call: Call,
    Body { value, raw }: Body<Asked>,
) -> Answer {
    let item = value.record.into();
    let answer = call.carry_out(&app, &raw, call.wishes(None, None)?, |tx, ctx| {
        Ok((OK, view(preview(tx, ctx, &item, &value.template)?)))
    });
    Ok(json(answer.await?))
}

fn view(preview: Preview) -> Value {
    let (name, said) = match preview.outcome {
        Ok(text) => ("text", json!(text)),
        Err(Unfilled::Failed(message)) => {
            ("fails", json!({"code": "template.failed", "reason": message}))
        }
        Err(Unfilled::Required(reference)) => (
            "fails",
            json!({
                "code": "template.required",
                "reason": format!("`{reference}` is empty, and this text needs it"),
            }),
        ),
        Err(Unfilled::Skip(reason)) => ("skips", json!({ "reason": reason })),
    };

    let references: Map<String, Value> = preview.references.into_iter().collect();
    json!({name: said, "references": references})
}
