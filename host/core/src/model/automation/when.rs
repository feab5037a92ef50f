//! When a robot runs, and in whose working time.

use serde::{Deserialize, Serialize};

use crate::model::calendar::DEFAULT;

/// When a robot runs.
///
/// **Shape**: `"at_once"`, `{"after": "30m"}` (from entering the stage),
/// `{"after": "30m", "field": "created_at"}` or `{"before": "1d", "field": "close_at"}`.
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
    /// Only working time is counted: two hours from half an hour before closing time end an hour
    /// and a half after opening.
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
    /// Whose: `tenant`, `line` (of the item's conversation), `responsible`, or a calendar's id. A
    /// line or employee without a calendar has the tenant's.
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
