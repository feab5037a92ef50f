//! Pausing an automation, a plugin or all sending of a tenant.

mod change;
mod show;

use serde_json::{Value, json};

use stagewright_core::model::pauses::{Pause, Pauses};

pub(super) use change::{
    pause_automation, pause_plugin, pause_sending, resume_automation, resume_plugin, resume_sending,
};
pub(super) use show::show_pauses;

/// What is paused, as clients see it.
pub(super) fn pauses_view(pauses: &Pauses) -> Value {
    let view =
        |(id, pause): (&String, &Pause)| json!({"id": id, "since": pause.since, "by": pause.by});
    json!({
        "automations": pauses.automations.iter().map(view).collect::<Vec<Value>>(),
        "plugins": pauses.plugins.iter().map(view).collect::<Vec<Value>>(),
        "sending": pauses.sending,
    })
}
