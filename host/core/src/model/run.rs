//! Runs, steps and attempts.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::call::{Blame, LogLine, Usage};
use crate::condition::Judged;
use crate::context::Cause;
use crate::id::TenantId;
use crate::key::{Key, KeyBuilder, Table};
use crate::model::automation::{AutomationVersion, RobotSpec};
use crate::model::ending::{CancelReason, FailureClass};
use crate::model::pauses::PausableKind;
use crate::model::record::{Record, RecordRef};
use crate::row::Row;
use crate::time::Timestamp;

/// One activation of a stage's automation for one item, or one robot invoked over the API.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Run {
    /// Its id; sorts by time.
    pub id: String,
    /// The item.
    pub item: RecordRef,
    /// The automation and version it belongs to; absent for an invoked robot.
    pub automation: Option<(String, u32)>,
    /// The stage it runs for.
    pub stage: Option<String>,
    /// The item's stage epoch when it started; absent for an invoked robot, which no stage change
    /// cancels.
    pub epoch: Option<u64>,
    /// When it started.
    pub started_at: Timestamp,
    /// When the item came to the stage: robots count from then, whatever stage the item is on by
    /// now. Absent in rows of earlier hosts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entered_at: Option<Timestamp>,
    /// When its last step was over.
    pub ended_at: Option<Timestamp>,
    /// What led to it.
    pub cause: Cause,
    /// For an invoked robot: what to run.
    pub invoked: Option<RobotSpec>,
    /// For an invoked robot: who invoked it, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// For an invoked robot: in whose name.
    pub on_behalf_of: Option<String>,
    /// Whether it stands in [`Run::waiting`]: from the moment on at which it has something to wait
    /// for, until it is over.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub listed: bool,
    /// Its steps, in the automation's order.
    pub steps: Vec<Step>,
}

impl Row for Run {
    const NAME: &'static str = "run";
}

impl Run {
    /// Where a run is kept.
    #[must_use]
    pub fn key(tenant: TenantId, id: &str) -> Key {
        Key::new(tenant, Table::Run, &[id])
    }

    /// The range of one item's runs, oldest first.
    #[must_use]
    pub fn of_item(tenant: TenantId, item: &RecordRef) -> Key {
        Key::new(tenant, Table::Index, &["runs", &item.kind, &item.id])
    }

    /// One entry of [`Run::of_item`].
    #[must_use]
    pub fn of_item_entry(tenant: TenantId, item: &RecordRef, id: &str) -> Key {
        KeyBuilder::new(tenant, Table::Index)
            .text("runs")
            .text(&item.kind)
            .text(&item.id)
            .text(id)
            .done()
    }

    /// The range of an automation's runs that have something to wait for, oldest first.
    #[must_use]
    pub fn waiting(tenant: TenantId, automation: &str) -> Key {
        Key::new(tenant, Table::Index, &["waiting", automation])
    }

    /// One entry of [`Run::waiting`].
    #[must_use]
    pub fn waiting_entry(tenant: TenantId, automation: &str, id: &str) -> Key {
        Key::new(tenant, Table::Index, &["waiting", automation, id])
    }

    /// Whether a step waits for something other than its turn: a later moment, a date, or that a
    /// pause ends.
    #[must_use]
    pub fn waits(&self, now: Timestamp) -> bool {
        self.steps.iter().any(|step| match step.state {
            StepState::WaitingTime => step.due_at.is_some_and(|at| at > now),
            StepState::WaitingField { .. } | StepState::Paused { .. } => true,
            _ => false,
        })
    }

    /// Where the version is kept that it belongs to; nothing for an invoked robot.
    #[must_use]
    pub fn version_key(&self, tenant: TenantId) -> Option<Key> {
        self.automation
            .as_ref()
            .map(|(automation, version)| AutomationVersion::key(tenant, automation, *version))
    }

    /// When the item came to the run's stage.
    #[must_use]
    pub fn entered(&self, item: &Record) -> Timestamp {
        let still_there = || item.stage_entered_at.filter(|_| self.epoch == Some(item.stage_epoch));
        self.entered_at.or_else(still_there).unwrap_or(self.started_at)
    }

    /// Whether every step is over.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.steps.iter().all(|step| step.state.is_over())
    }

    /// A step by its id, and its place.
    #[must_use]
    pub fn step(&self, id: &str) -> Option<(usize, &Step)> {
        self.steps.iter().enumerate().find(|(_, step)| step.id == id)
    }
}

/// Where a step stands.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum StepState {
    /// Waiting for its time.
    WaitingTime,
    /// Waiting for the robot before it.
    WaitingPrevious,
    /// Waiting for a date field that is empty.
    WaitingField {
        /// The field.
        field: String,
    },
    /// Its moment has come and it waits until what is paused goes on.
    Paused {
        /// What is paused: its automation or its plugin.
        by: PausableKind,
    },
    /// Its effects are committed.
    Done,
    /// There was nothing to do.
    Skipped {
        /// Why.
        reason: String,
    },
    /// It will not be tried again.
    Failed {
        /// Whether another try might have helped.
        class: FailureClass,
        /// Stable code.
        code: String,
        /// What went wrong.
        reason: String,
    },
    /// It will not run.
    Cancelled {
        /// Why.
        reason: CancelReason,
    },
    /// The loop guard cut it.
    LoopGuard {
        /// The path that led here.
        path: Vec<String>,
    },
}

impl StepState {
    /// Whether it ended without doing what it should.
    #[must_use]
    pub fn is_failure(&self) -> bool {
        matches!(self, Self::Failed { .. } | Self::LoopGuard { .. } | Self::Cancelled { .. })
    }

    /// Whether nothing more will happen to the step.
    #[must_use]
    pub fn is_over(&self) -> bool {
        !matches!(
            self,
            Self::WaitingTime
                | Self::WaitingPrevious
                | Self::WaitingField { .. }
                | Self::Paused { .. }
        )
    }
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// One robot of a run.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Step {
    /// The robot's id in the automation.
    pub id: String,
    /// The plugin.
    pub plugin: String,
    /// The robot type.
    pub robot: String,
    /// Where it stands.
    #[serde(flatten)]
    pub state: StepState,
    /// When it is due, for a waiting step; when it was due, for one that is over.
    pub due_at: Option<Timestamp>,
    /// Its due row's time and lane number, to find the row again. A step that need not wait lies
    /// one millisecond before its event, because a step is claimed only after its moment has passed
    /// and nothing can be decided in between.
    pub due_row: Option<(Timestamp, u64)>,
    /// Whether its effects are committed while it still waits: it is done at `due_at` without
    /// another call.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub committed: bool,
    /// Whether leaving the stage leaves it alone.
    pub keep: bool,
    /// What is worth knowing about its time, such as `anchor in the past, ran immediately`.
    pub note: Option<String>,
    /// When it was over.
    pub ended_at: Option<Timestamp>,
    /// Its tries, newest last; the oldest are dropped beyond ten.
    pub attempts: Vec<Attempt>,
    /// Tries so far.
    pub tries: u32,
    /// Whether a person asked for it to run now: working time does not hold it back.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_person: bool,
    /// How often a person had it run again after it was over.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub reruns: u32,
    /// What it gave.
    pub results: Map<String, Value>,
    /// What it did, in words, one per effect.
    pub effects: Vec<String>,
    /// Deliveries it asked for.
    pub deliveries: Vec<String>,
    /// Its condition as it was judged at its last try, with the values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<Judged>,
}

/// One try of a step.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Attempt {
    /// When.
    pub at: Timestamp,
    /// The plugin's version that was called.
    pub version: String,
    /// What it used.
    pub usage: Usage,
    /// What it logged.
    pub log: Vec<LogLine>,
    /// Why it failed, if it did.
    pub error: Option<AttemptError>,
}

/// Why a try failed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AttemptError {
    /// Stable code.
    pub code: String,
    /// What went wrong.
    pub message: String,
    /// Whose fault it is.
    pub blame: Blame,
    /// When it is tried again, if it is.
    pub retry_at: Option<Timestamp>,
}
