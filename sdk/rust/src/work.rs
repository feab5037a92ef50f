//! Work for people: tasks, activities, and who is to do it.

use serde::Serialize;
use serde_json::json;

/// A task to create. What is empty is left to the host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Task {
    /// What is to be done, in a few words.
    pub title: String,
    /// What is to be done, at length.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Who is to do it: a user's id.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub responsible: String,
    /// Who helps.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub co_executors: Vec<String>,
    /// Who watches.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub observers: Vec<String>,
    /// The work group's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// `low`, `normal` or `high`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub priority: String,
    /// RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deadline: Option<String>,
    /// What to tick off.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub checklist: Vec<ChecklistItem>,
    /// Whether time is tracked.
    pub track_time: bool,
    /// Whether it is linked to the item.
    pub link: bool,
    /// Whether the item's files go along.
    pub attach_files: bool,
}

/// A line of a task's checklist.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ChecklistItem {
    /// What is to be done.
    pub text: String,
    /// Whether it is done.
    pub done: bool,
}

impl Task {
    /// A task that is linked to the item and has a title only.
    pub fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            description: String::new(),
            responsible: String::new(),
            co_executors: Vec::new(),
            observers: Vec::new(),
            group: None,
            priority: String::new(),
            deadline: None,
            checklist: Vec::new(),
            track_time: false,
            link: true,
            attach_files: false,
        }
    }

    pub(crate) fn to_json(&self) -> String {
        json!(self).to_string()
    }
}

/// Tasks of the item that other robots made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct MadeTasks {
    /// Only those made in this pipeline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pipeline: Option<String>,
    /// Only those made at one of these stages; at any where it is empty.
    pub stages: Vec<String>,
}

impl MadeTasks {
    pub(crate) fn to_json(&self) -> String {
        json!(self).to_string()
    }
}

/// An activity to plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Activity {
    /// `call`, `meeting`, `email` or `other`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What it is about.
    pub subject: String,
    /// What it is about, at length.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// RFC 3339.
    pub due: String,
    /// Who does it: a user's id.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub responsible: String,
    /// Whether it is completed when the item leaves its stage.
    pub auto_complete: bool,
}

impl Activity {
    pub(crate) fn to_json(&self) -> String {
        json!(self).to_string()
    }
}

/// How a responsible employee is chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Assignment {
    /// Who may be chosen.
    pub users: Vec<String>,
    /// `first_available`, `in_order` or `random`.
    pub how: String,
    /// Whether those who are absent are passed over.
    pub skip_absent: bool,
}

impl Assignment {
    pub(crate) fn to_json(&self) -> String {
        json!(self).to_string()
    }
}
