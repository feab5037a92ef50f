//! Automations as files: a pipeline with its calendars and automations in readable YAML, so that
//! they can be reviewed and kept in a repository. What is written is read back as it was, and
//! written again it is the same bytes.

mod read;
mod tidy;
mod write;

use serde::Deserialize;

use stagewright_core::model::automation::{Automation, RobotSpec, TriggerSpec};
use stagewright_core::model::calendar::Calendar;
use stagewright_core::model::pipeline::Pipeline;

pub(crate) use read::malformed;
pub use read::read;
pub use write::write;

/// The version of the form of these files.
const FORMAT: u32 = 1;

/// A file.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    format: u32,
    pipeline: Pipeline,
    #[serde(default)]
    calendars: Vec<Calendar>,
    #[serde(default)]
    automations: Vec<Entry>,
}

/// An automation. Its pipeline and kind are those of the file.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: String,
    stage: String,
    #[serde(default)]
    triggers: Vec<TriggerSpec>,
    #[serde(default)]
    robots: Vec<RobotSpec>,
}

impl Entry {
    /// The automation on the stages of `pipeline`.
    fn on(self, pipeline: &Pipeline) -> Automation {
        Automation {
            id: self.id,
            kind: pipeline.kind.clone(),
            pipeline: pipeline.id.clone(),
            stage: self.stage,
            robots: self.robots,
            triggers: self.triggers,
            published: None,
        }
    }
}

#[cfg(test)]
mod tests;
