//! Due rows: work that waits for its moment. The key orders them; the value says what to do.

use serde::{Deserialize, Serialize};

use crate::model::record::RecordRef;
use crate::row::Row;
use crate::time::Timestamp;

/// What is due.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "work", rename_all = "snake_case")]
pub enum Due {
    /// Match an event against the automations of one item.
    Dispatch {
        /// The event.
        event: String,
        /// The item.
        item: RecordRef,
        /// The event's number in the item's lane.
        seq: u64,
    },
    /// Run a step.
    Step {
        /// The run.
        run: String,
        /// The step's id.
        step: String,
        /// The item, whose lane it runs in.
        item: RecordRef,
    },
    /// See whether nobody has touched an item for a while.
    Idle {
        /// The item.
        item: RecordRef,
    },
    /// Send a delivery.
    Delivery {
        /// The delivery.
        id: String,
        /// Its lane, such as a conversation.
        lane: String,
    },
    /// Go on with a job.
    Job {
        /// The job.
        id: String,
    },
    /// Forget a receipt.
    Receipt {
        /// Credential, route and idempotency key.
        of: (String, String, String),
        /// When it expires.
        at: Timestamp,
    },
}

impl Row for Due {
    const NAME: &'static str = "due";
}

impl Due {
    /// The lane it excludes while it executes.
    #[must_use]
    pub fn lane(&self) -> String {
        match self {
            Self::Dispatch { item, .. } | Self::Step { item, .. } | Self::Idle { item } => {
                item.lane()
            }
            Self::Delivery { lane, .. } => format!("delivery/{lane}"),
            Self::Job { id } => format!("job/{id}"),
            Self::Receipt { of, .. } => format!("receipt/{}/{}/{}", of.0, of.1, of.2),
        }
    }
}
