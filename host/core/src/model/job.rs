//! Work of the host that is too much for one commit: it is done in batches, and its row says how
//! far it has come.

use serde::{Deserialize, Serialize};

use crate::id::TenantId;
use crate::key::{Key, Table};
use crate::model::pauses::Pausable;
use crate::model::record::RecordRef;
use crate::row::Row;
use crate::time::Timestamp;

/// What becomes of steps that wait under an older version when a new one is published.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Waiting {
    /// They keep the version they started with.
    #[default]
    Keep,
    /// They end as cancelled, `version_replaced`.
    Cancel,
    /// They take the new version: the same robots, their moments computed anew. Robots that are
    /// gone end as cancelled.
    Migrate,
}

/// What a job does.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "work", rename_all = "snake_case")]
pub enum Work {
    /// Lets go on what a pause has held.
    Resume {
        /// What was paused.
        of: Pausable,
    },
    /// Ends or migrates what waits under an older version.
    Replace {
        /// The automation.
        automation: String,
        /// Versions below this one are replaced by it.
        version: u32,
        /// How.
        waiting: Waiting,
    },
    /// Starts an automation for the items that stand on its stage without a run of it.
    Apply {
        /// The automation.
        automation: String,
        /// The kind of item that moves through its pipeline.
        kind: String,
    },
    /// Sets the timers of items that nobody touches, for durations of silence that no trigger of
    /// their pipeline waited for before.
    Watch {
        /// The pipeline.
        pipeline: String,
        /// The kind of item that moves through it.
        kind: String,
        /// The durations, in milliseconds.
        idle_ms: Vec<i64>,
    },
    /// Links the tasks and activities of an item that was merged to the one that took it over.
    HandOver {
        /// The item that went.
        from: RecordRef,
        /// The item that stays.
        to: RecordRef,
    },
}

/// A job.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Job {
    /// Its id.
    pub id: String,
    /// What it does.
    #[serde(flatten)]
    pub work: Work,
    /// Who asked for it, for people.
    pub by: String,
    /// When it began.
    pub started_at: Timestamp,
    /// When it was done; nothing while it is not.
    pub ended_at: Option<Timestamp>,
    /// Runs, items or whatever it goes through that it has looked at.
    pub looked_at: u64,
    /// Those that it did something to.
    pub done: u64,
    /// The last one it looked at; it goes on behind it.
    pub after: Option<String>,
    /// Its due row's time and number, to find the row again.
    pub due_row: Option<(Timestamp, u64)>,
}

impl Row for Job {
    const NAME: &'static str = "job";
}

impl Job {
    /// Where a job is kept.
    #[must_use]
    pub fn key(tenant: TenantId, id: &str) -> Key {
        Key::new(tenant, Table::Job, &[id])
    }

    /// The id of the job that replaces older versions of an automation. Its row stays: a step of
    /// such a version that begins to wait later finds there what is to become of it.
    #[must_use]
    pub fn replacing(automation: &str) -> String {
        format!("replace.{automation}")
    }

    /// The id of the job that hands over what is linked to an item that was merged.
    #[must_use]
    pub fn handing_over(from: &RecordRef) -> String {
        format!("hand-over.{}.{}", from.kind, from.id)
    }

    /// The id of the job that watches for the silences of a pipeline that an automation has begun
    /// to wait for.
    #[must_use]
    pub fn watching(automation: &str) -> String {
        format!("watch.{automation}")
    }

    /// What is to become of steps that wait under `version`, if this job says something about it.
    #[must_use]
    pub fn replaces(&self, version: u32) -> Option<(u32, Waiting)> {
        match self.work {
            Work::Replace { version: by, waiting, .. } if version < by => Some((by, waiting)),
            _ => None,
        }
    }
}
