//! What a step expects of tasks, activities, history, notifications and of the answer to why.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::located::Name;
use super::moment::Moment;
use super::pattern::Pattern;

/// A task.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TaskIs {
    /// The item that it is linked to.
    pub of: Option<Name>,
    /// Its fields; ids are names.
    pub fields: BTreeMap<String, Value>,
    /// Its deadline.
    pub deadline: Option<Moment>,
    /// How many such tasks; at least one where absent.
    pub count: Option<u64>,
}

/// An activity.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ActivityIs {
    /// Its item.
    pub of: Option<Name>,
    /// Its fields; ids are names.
    pub fields: BTreeMap<String, Value>,
    /// When it is due.
    pub due: Option<Moment>,
    /// When it was completed.
    pub completed: Option<Moment>,
    /// How many such activities; at least one where absent.
    pub count: Option<u64>,
}

/// An entry of the history.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HistoryHas {
    /// The item; the whole tenant's history where absent.
    pub of: Option<Name>,
    /// `created`, `changed`, `stage_changed`, `deleted`, `merged` or `information`.
    #[serde(rename = "type")]
    pub kind: Option<Pattern>,
    /// Its sentence.
    pub text: Option<Pattern>,
    /// Its author.
    pub author: Option<Pattern>,
    /// Who was responsible for the item then.
    pub responsible: Option<Pattern>,
    /// The automation that wrote it.
    pub automation: Option<Pattern>,
    /// The robot that wrote it.
    pub robot: Option<Pattern>,
    /// The stage that the robot stands on.
    pub stage: Option<Pattern>,
    /// When.
    pub at: Option<Moment>,
    /// How many such entries; at least one where absent.
    pub count: Option<u64>,
}

/// A notification.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NotificationIs {
    /// The item that it leads to.
    pub of: Option<Name>,
    /// Who got it.
    pub to: Option<Pattern>,
    /// What it says.
    pub text: Option<Pattern>,
    /// Its author.
    pub author: Option<Pattern>,
    /// When it came.
    pub at: Option<Moment>,
    /// How many such notifications; at least one where absent.
    pub count: Option<u64>,
}

/// Why a robot or trigger did or did not do something.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WhyIs {
    /// The item.
    pub of: Name,
    /// The robot, as its id or `automation/id`.
    #[serde(default)]
    pub robot: Option<String>,
    /// The trigger, likewise.
    #[serde(default)]
    pub trigger: Option<String>,
    /// The answer in one word.
    #[serde(default)]
    pub verdict: Option<Pattern>,
    /// The answer in one sentence.
    #[serde(default)]
    pub sentence: Option<Pattern>,
    /// The moment that it names.
    #[serde(default)]
    pub at: Option<Moment>,
}
