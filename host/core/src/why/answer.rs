//! Answers.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::time::Timestamp;

/// What an answer is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each word is its own description")]
pub enum About {
    Robot,
    Trigger,
}

/// The answer in one word, for programs.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// A robot did it, a trigger moved the item.
    Ran,
    /// A robot has its moment.
    WillRun,
    /// A robot did its work and is done at a later moment.
    Waits,
    /// A robot failed and is tried again.
    Retrying,
    /// A robot waits for a date field to be filled in.
    WaitsForField,
    /// A robot waits for the one before it.
    WaitsForPrevious,
    /// A trigger listens, and nothing has happened that it listens to.
    WaitsForEvent,
    /// Something has happened and is about to be looked at.
    Pending,
    /// Paused by a person.
    Paused,
    /// It was looked at, and there was nothing to do: a condition, the plugin's own reason.
    Skipped,
    /// Another trigger moved the item.
    Lost,
    /// It failed and is not tried again by itself.
    Failed,
    /// It was cancelled.
    Cancelled,
    /// The loop guard cut it.
    LoopGuard,
    /// A trigger could not move the item whatever happened: it stands there already, further on, or
    /// on a final stage.
    CannotMove,
    /// The item has not come to a robot's stage.
    NotReached,
    /// What was asked about is in a draft alone.
    NotPublished,
    /// It was published after the item had come to the stage.
    PublishedLater,
    /// The item was put on the stage without automation.
    Suppressed,
    /// The plugin is not installed, or offers it no more.
    PluginMissing,
    /// The tenant has not enabled the plugin.
    PluginNotEnabled,
    /// It stands on another pipeline than the item.
    OtherPipeline,
    /// The item is deleted.
    ItemDeleted,
}

/// Why one robot or trigger did or did not do something.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Answer {
    /// What it is about.
    #[serde(rename = "type")]
    pub about: About,
    /// The automation that it is configured in.
    pub automation: String,
    /// Its id there.
    pub id: String,
    /// Its name for people; the id where it has none.
    pub name: String,
    /// The stage it stands on.
    pub stage: String,
    /// The version of the automation that the answer is about, if one is published.
    pub version: Option<u32>,
    /// The answer in one word.
    pub verdict: Verdict,
    /// The answer in one sentence, times in the tenant's zone.
    pub sentence: String,
    /// When it happened or will happen.
    pub at: Option<Timestamp>,
    /// The run.
    pub run: Option<String>,
    /// The event that was decided on.
    pub event: Option<String>,
    /// The values behind it: results and effects, a condition with its values, codes, the path of a
    /// loop.
    pub values: Map<String, Value>,
}
