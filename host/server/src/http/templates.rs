//! `/v1/templates`: templates of settings.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use stagewright_core::command::preview_template::{Preview, preview};
use stagewright_core::template::Unfilled;

use super::answer::{Answer, Json};
use super::body::{Body, RecordName};
use super::context::Call;
use super::state::App;

/// What to fill in, and with which item.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PreviewBody {
    record: RecordName,
    template: String,
}

/// What a template came to, as clients see it.
#[derive(Debug, Serialize)]
pub(super) struct PreviewView {
    #[serde(flatten)]
    outcome: OutcomeView,
    /// What it refers to, with the values.
    references: Map<String, Value>,
}

/// The text, or else what a robot that says it does.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
enum OutcomeView {
    Text(String),
    Fails { code: &'static str, reason: String },
    Skips { reason: String },
}

impl PreviewView {
    fn of(preview: Preview) -> Self {
        let Preview { outcome, references } = preview;
        Self { outcome: OutcomeView::of(outcome), references: references.into_iter().collect() }
    }
}

impl OutcomeView {
    fn of(outcome: Result<String, Unfilled>) -> Self {
        match outcome {
            Ok(text) => Self::Text(text),
            Err(Unfilled::Failed(reason)) => Self::Fails { code: "template.failed", reason },
            Err(Unfilled::Required(reference)) => Self::Fails {
                code: "template.required",
                reason: format!("`{reference}` is empty, and this text needs it"),
            },
            Err(Unfilled::Skip(reason)) => Self::Skips { reason },
        }
    }
}

/// `POST /v1/templates/preview`: fills a template in with an item as it is now: answers `text`, or
/// else whether a robot that says it `fails` or `skips` and why, and what the template refers to
/// with the values. Changes nothing.
pub(super) async fn preview_template(
    State(app): App,
    call: Call,
    Body { value, raw }: Body<PreviewBody>,
) -> Answer<Json<PreviewView>> {
    let item = value.record.into();

    let answer = call.answer(&app, &raw, call.wishes(None, None)?, |tx, ctx| {
        Ok(Json::ok(&PreviewView::of(preview(tx, ctx, &item, &value.template)?)))
    });

    answer.await
}
