//! Jobs: work of the host that is done in batches.

mod show;

use serde_json::{Value, json};

use stagewright_core::model::job::Job;

pub(super) use show::show_job;

/// A job as clients see it: without where its due row lies, which is the host's own business.
pub(super) fn job_view(job: &Job) -> Value {
    let mut view = json!(job);
    if let Some(map) = view.as_object_mut() {
        map.retain(|name, _| name != "due_row" && name != "after");
        map.insert("state".into(), json!(if job.ended_at.is_some() { "done" } else { "running" }));
    }
    view
}
