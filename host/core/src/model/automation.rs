//! Stage automations: what an admin configures on one stage of one pipeline, and its published, unchangeable versions.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::condition::Condition;
use crate::id::TenantId;
use crate::key::{Key, KeyBuilder, Table};
use crate::model::calendar::DEFAULT;
use crate::row::Row;
use crate::time::Timestamp;

/// When a robot runs.
///
/// **Shape**: `"at_once"`, `{"after": "30m"}` (from entering the stage), `{"after": "30m", "field": "created_at"}` or
/// `{"before": "1d", "field": "close_at"}`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum When {
    /// As soon as the item stands on the stage.
    AtOnce(AtOnce),
    /// Some time after entering the stage or after a date of the item.
    After(After),
    /// Some time before a date of the item.
    Before(Before),
}

/// The word `at_once`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AtOnce {
    /// At once.
    AtOnce,
}

/// A delay.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct After {
    /// A duration such as `30m`.
    pub after: String,
    /// The date field it counts from; entering the stage when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}

/// A lead time.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Before {
    /// A duration such as `1d`.
    pub before: String,
    /// The date field it counts from.
    pub field: String,
}

impl Default for When {
    fn default() -> Self {
        Self::AtOnce(AtOnce::AtOnce)
    }
}

impl When {
    /// The date field this counts from, if one was chosen.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        match self {
            Self::AtOnce(_) => None,
            Self::After(after) => after.field.as_deref(),
            Self::Before(before) => Some(&before.field),
        }
    }
}

/// How working time counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CalendarMode {
    /// Only working time is counted: two hours from half an hour before closing time end an hour and a half after opening.
    #[default]
    Count,
    /// All time is counted, and what ends outside working time waits for the next.
    Shift,
}

/// "Only in working time".
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InWorkingTime {
    /// How it counts.
    #[serde(default)]
    pub mode: CalendarMode,
    /// Whose: `tenant`, `line` (of the item's conversation), `responsible`, or a calendar's id. A line or employee without a
    /// calendar has the tenant's.
    #[serde(default = "tenant_calendar")]
    pub calendar: String,
}

impl InWorkingTime {
    /// What may stand in place of a calendar's id.
    pub const WORDS: [&str; 3] = ["tenant", "line", "responsible"];

    /// The calendar that must be there whatever the item: the one that is named, else the tenant's.
    #[must_use]
    pub fn fixed_calendar(&self) -> &str {
        if Self::WORDS.contains(&self.calendar.as_str()) { DEFAULT } else { &self.calendar }
    }
}

fn tenant_calendar() -> String {
    "tenant".to_owned()
}

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
    /// In whose name the stage changes: `responsible`, `supervisor` or `user:<id>`, resolved when it fires.
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

/// A published version. Never changes; waiting steps keep the one they started with.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct AutomationVersion {
    /// Its number, from 1.
    pub version: u32,
    /// When it was published.
    pub published_at: Timestamp,
    /// By whom.
    pub published_by: String,
    /// What was published.
    pub automation: Automation,
    /// The major version of each plugin it was checked against.
    pub majors: BTreeMap<String, u64>,
    /// By trigger, the kinds of event it wants to see.
    #[serde(default)]
    pub trigger_events: BTreeMap<String, Vec<String>>,
    /// What the publisher was warned of.
    #[serde(default)]
    pub warnings: Vec<String>,
}

impl AutomationVersion {
    /// Its triggers with what each listens to.
    #[must_use]
    pub fn listeners(&self) -> Vec<Listener> {
        let events = |id: &str| self.trigger_events.get(id).cloned().unwrap_or_default();
        self.automation.triggers.iter().map(|spec| Listener { spec: Arc::new(spec.clone()), events: events(&spec.id) }).collect()
    }
}

impl Row for AutomationVersion {
    const NAME: &'static str = "automation version";
}

impl AutomationVersion {
    /// Where a version is kept.
    #[must_use]
    pub fn key(tenant: TenantId, automation: &str, version: u32) -> Key {
        KeyBuilder::new(tenant, Table::AutomationVersion).text(automation).number(u64::from(version)).done()
    }
}

/// What is published on a pipeline, so that one row tells a dispatch where to look.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Bindings {
    /// By stage.
    pub stages: BTreeMap<String, Binding>,
}

impl Row for Bindings {
    const NAME: &'static str = "bindings";
}

impl Bindings {
    /// Where a pipeline's bindings are kept.
    #[must_use]
    pub fn key(tenant: TenantId, pipeline: &str) -> Key {
        Key::new(tenant, Table::Bindings, &[pipeline])
    }

    /// The durations of silence that triggers of the pipeline wait for, in milliseconds, shortest first.
    #[must_use]
    pub fn idle_ms(&self) -> BTreeSet<i64> {
        self.stages.values().flat_map(|binding| binding.idle_ms.iter().copied()).collect()
    }
}

/// One stage's published automation.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Binding {
    /// The automation.
    pub automation: String,
    /// Its published version.
    pub version: u32,
    /// The kinds of event that its triggers want to see.
    pub trigger_events: Vec<String>,
    /// Whether it has robots.
    pub has_robots: bool,
    /// For how long nobody must have touched an item for its triggers to be told, in milliseconds.
    #[serde(default)]
    pub idle_ms: Vec<i64>,
    /// Its triggers, so that matching an event reads no version. Empty in rows of earlier hosts, whose versions are read instead.
    #[serde(default)]
    pub triggers: Vec<Listener>,
}

/// A published trigger and what it listens to.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Listener {
    /// The trigger.
    pub spec: Arc<TriggerSpec>,
    /// The kinds of event it wants to see.
    pub events: Vec<String>,
}
