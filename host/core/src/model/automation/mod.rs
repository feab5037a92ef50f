//! Stage automations: what an admin configures on one stage of one pipeline, and its published,
//! unchangeable versions.

mod published;
mod when;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::condition::Condition;
use crate::id::TenantId;
use crate::key::{Key, Table};
use crate::row::Row;

pub use published::{AutomationVersion, Binding, Bindings, Listener};
pub use when::{After, AtOnce, Before, CalendarMode, InWorkingTime, When};

/// What to do when the computed moment has passed before the item came to the stage.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IfPast {
    /// Run at once.
    #[default]
    Run,
    /// Skip the robot.
    Skip,
}

/// What to do when the robot before failed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnPreviousFailure {
    /// Run all the same; an escalation matters most then.
    #[default]
    Continue,
    /// Do not run.
    Stop,
}

/// What to do when the item leaves the stage first.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnLeave {
    /// Cancel the robot.
    #[default]
    Cancel,
    /// Run it all the same.
    Keep,
}

/// A robot configured on a stage.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RobotSpec {
    /// Stable id in this automation; templates refer to it as `robots.<id>`.
    pub id: String,
    /// Name for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The plugin.
    pub plugin: String,
    /// The robot type in that plugin.
    pub robot: String,
    /// Its settings.
    #[serde(default)]
    pub settings: Map<String, Value>,
    /// When it runs.
    #[serde(default)]
    pub run: When,
    /// Whether that counts in working time, and in whose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub working_time: Option<InWorkingTime>,
    /// What if that is past.
    #[serde(default)]
    pub if_past: IfPast,
    /// Whether it waits for the robot before it in the list.
    #[serde(default)]
    pub after_previous: bool,
    /// What if that one failed.
    #[serde(default)]
    pub on_previous_failure: OnPreviousFailure,
    /// What if the item leaves the stage.
    #[serde(default)]
    pub on_leave: OnLeave,
    /// What has to hold when the robot's turn comes; else it is skipped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<Condition>,
}

/// A trigger configured on the stage that it moves items to.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TriggerSpec {
    /// Stable id in this automation.
    pub id: String,
    /// Name for people; several triggers of one type may stand on a stage.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The plugin.
    pub plugin: String,
    /// The trigger type in that plugin.
    pub trigger: String,
    /// Its settings.
    #[serde(default)]
    pub settings: Map<String, Value>,
    /// In whose name the stage changes: `responsible`, `supervisor` or `user:<id>`, resolved when
    /// it fires.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub move_as: Option<String>,
    /// Whether it may move an item to an earlier stage.
    #[serde(default)]
    pub allow_back_move: bool,
    /// Whether it may move an item out of a final stage.
    #[serde(default)]
    pub allow_reopen: bool,
    /// What has to hold before the plugin is asked at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<Condition>,
}

/// What stands on one stage: the draft that is edited. One per pipeline and stage.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Automation {
    /// Stable id.
    #[serde(default)]
    pub id: String,
    /// The kind of item.
    pub kind: String,
    /// The pipeline.
    pub pipeline: String,
    /// The stage.
    pub stage: String,
    /// The robots, in order.
    #[serde(default)]
    pub robots: Vec<RobotSpec>,
    /// The triggers.
    #[serde(default)]
    pub triggers: Vec<TriggerSpec>,
    /// The version that runs now; set by the host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<u32>,
}

impl Row for Automation {
    const NAME: &'static str = "automation";
}

impl Automation {
    /// Where an automation is kept.
    #[must_use]
    pub fn key(tenant: TenantId, id: &str) -> Key {
        Key::new(tenant, Table::Automation, &[id])
    }

    /// The row that keeps a stage to one automation.
    #[must_use]
    pub fn stage_key(tenant: TenantId, pipeline: &str, stage: &str) -> Key {
        Key::new(tenant, Table::Index, &["automation-of-stage", pipeline, stage])
    }
}
