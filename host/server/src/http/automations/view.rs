//! Automations as clients write and see them.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use stagewright_core::condition::Condition;
use stagewright_core::model::automation::{
    Automation, IfPast, InWorkingTime, OnLeave, OnPreviousFailure, RobotSpec, TriggerSpec, When,
};

/// The draft of an automation as clients write it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AutomationBody {
    /// As in the path, if it is there.
    #[serde(default)]
    id: String,
    /// The kind of item.
    kind: String,
    /// The pipeline.
    pipeline: String,
    /// The stage.
    stage: String,
    /// The robots, in order.
    #[serde(default)]
    robots: Vec<RobotBody>,
    /// The triggers.
    #[serde(default)]
    triggers: Vec<TriggerBody>,
    /// May come back as it was answered; which version runs is not the client's to say.
    #[serde(default)]
    published: Option<u32>,
}

/// The draft of an automation as clients see it.
#[derive(Debug, Serialize)]
pub(in crate::http) struct AutomationView {
    id: String,
    kind: String,
    pipeline: String,
    stage: String,
    robots: Vec<RobotView>,
    triggers: Vec<TriggerView>,
    /// The version that runs now.
    #[serde(skip_serializing_if = "Option::is_none")]
    published: Option<u32>,
    version: u64,
}

/// A robot on a stage as clients write it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RobotBody {
    /// Stable id in this automation.
    id: String,
    /// Name for people.
    #[serde(default)]
    name: String,
    /// The plugin.
    plugin: String,
    /// The robot type in that plugin.
    robot: String,
    /// Its settings.
    #[serde(default)]
    settings: Map<String, Value>,
    /// When it runs.
    #[serde(default)]
    run: When,
    /// Whether that counts in working time, and in whose.
    #[serde(default)]
    working_time: Option<InWorkingTime>,
    /// What if that is past.
    #[serde(default)]
    if_past: IfPast,
    /// Whether it waits for the robot before it in the list.
    #[serde(default)]
    after_previous: bool,
    /// What if that one failed.
    #[serde(default)]
    on_previous_failure: OnPreviousFailure,
    /// What if the item leaves the stage.
    #[serde(default)]
    on_leave: OnLeave,
    /// What has to hold when the robot's turn comes.
    #[serde(default)]
    condition: Option<Condition>,
}

/// A robot on a stage, or one that was invoked, as clients see it.
#[derive(Debug, Serialize)]
pub(in crate::http) struct RobotView {
    id: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    name: String,
    plugin: String,
    robot: String,
    settings: Map<String, Value>,
    run: When,
    #[serde(skip_serializing_if = "Option::is_none")]
    working_time: Option<InWorkingTime>,
    if_past: IfPast,
    after_previous: bool,
    on_previous_failure: OnPreviousFailure,
    on_leave: OnLeave,
    #[serde(skip_serializing_if = "Option::is_none")]
    condition: Option<Condition>,
}

/// A trigger on a stage as clients write it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TriggerBody {
    /// Stable id in this automation.
    id: String,
    /// Name for people.
    #[serde(default)]
    name: String,
    /// The plugin.
    plugin: String,
    /// The trigger type in that plugin.
    trigger: String,
    /// Its settings.
    #[serde(default)]
    settings: Map<String, Value>,
    /// In whose name the stage changes.
    #[serde(default)]
    move_as: Option<String>,
    /// Whether it may move an item to an earlier stage.
    #[serde(default)]
    allow_back_move: bool,
    /// Whether it may move an item out of a final stage.
    #[serde(default)]
    allow_reopen: bool,
    /// What has to hold before the plugin is asked at all.
    #[serde(default)]
    condition: Option<Condition>,
}

/// A trigger on a stage as clients see it.
#[derive(Debug, Serialize)]
struct TriggerView {
    id: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    name: String,
    plugin: String,
    trigger: String,
    settings: Map<String, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    move_as: Option<String>,
    allow_back_move: bool,
    allow_reopen: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    condition: Option<Condition>,
}

impl From<AutomationBody> for Automation {
    fn from(body: AutomationBody) -> Self {
        let AutomationBody { id, kind, pipeline, stage, robots, triggers, published } = body;
        Self {
            id,
            kind,
            pipeline,
            stage,
            robots: robots.into_iter().map(Into::into).collect(),
            triggers: triggers.into_iter().map(Into::into).collect(),
            published,
        }
    }
}

impl AutomationView {
    pub(super) fn of(automation: Automation, version: u64) -> Self {
        let Automation { id, kind, pipeline, stage, robots, triggers, published } = automation;
        Self {
            id,
            kind,
            pipeline,
            stage,
            robots: robots.into_iter().map(RobotView::of).collect(),
            triggers: triggers.into_iter().map(TriggerView::of).collect(),
            published,
            version,
        }
    }
}

impl From<RobotBody> for RobotSpec {
    fn from(body: RobotBody) -> Self {
        let RobotBody {
            id,
            name,
            plugin,
            robot,
            settings,
            run,
            working_time,
            if_past,
            after_previous,
            on_previous_failure,
            on_leave,
            condition,
        } = body;

        Self {
            id,
            name,
            plugin,
            robot,
            settings,
            run,
            working_time,
            if_past,
            after_previous,
            on_previous_failure,
            on_leave,
            condition,
        }
    }
}

impl RobotView {
    pub(in crate::http) fn of(spec: RobotSpec) -> Self {
        let RobotSpec {
            id,
            name,
            plugin,
            robot,
            settings,
            run,
            working_time,
            if_past,
            after_previous,
            on_previous_failure,
            on_leave,
            condition,
        } = spec;

        Self {
            id,
            name,
            plugin,
            robot,
            settings,
            run,
            working_time,
            if_past,
            after_previous,
            on_previous_failure,
            on_leave,
            condition,
        }
    }
}

impl From<TriggerBody> for TriggerSpec {
    fn from(body: TriggerBody) -> Self {
        let TriggerBody {
            id,
            name,
            plugin,
            trigger,
            settings,
            move_as,
            allow_back_move,
            allow_reopen,
            condition,
        } = body;

        Self {
            id,
            name,
            plugin,
            trigger,
            settings,
            move_as,
            allow_back_move,
            allow_reopen,
            condition,
        }
    }
}

impl TriggerView {
    fn of(spec: TriggerSpec) -> Self {
        let TriggerSpec {
            id,
            name,
            plugin,
            trigger,
            settings,
            move_as,
            allow_back_move,
            allow_reopen,
            condition,
        } = spec;

        Self {
            id,
            name,
            plugin,
            trigger,
            settings,
            move_as,
            allow_back_move,
            allow_reopen,
            condition,
        }
    }
}
