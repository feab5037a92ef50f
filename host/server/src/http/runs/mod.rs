//! Runs: what automation did, step by step.

mod cancel;
mod list;
mod rerun;
mod retry;
mod show;

use serde_json::{Value, json};

use stagewright_core::model::run::{Run, Step};

pub(super) use cancel::cancel_run;
pub(super) use list::list_runs;
pub(super) use rerun::rerun_step;
pub(super) use retry::retry_run;
pub(super) use show::show_run;

/// A run as clients see it.
pub(super) fn run_view(run: &Run) -> Value {
    json!({
        "id": run.id, "record": run.item, "automation": run.automation.as_ref().map(|(id, _)| id),
        "published": run.automation.as_ref().map(|(_, version)| version), "stage": run.stage,
        "invoked": run.invoked, "by": run.by, "on_behalf_of": run.on_behalf_of, "cause": run.cause,
        "started_at": run.started_at, "ended_at": run.ended_at, "over": run.is_over(),
        "steps": run.steps.iter().map(step_view).collect::<Vec<Value>>(),
    })
}

/// A step without where its due row lies, which is the host's own business.
fn step_view(step: &Step) -> Value {
    let mut view = json!(step);
    if let Some(map) = view.as_object_mut() {
        map.remove("due_row");
    }
    view
}
