//! Events: what happened, and per item what came of it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::condition::Judged;
use crate::context::{Actor, Cause};
use crate::id::TenantId;
use crate::key::{Key, KeyBuilder, Table};
use crate::model::ending::CancelReason;
use crate::model::record::RecordRef;
use crate::row::Row;
use crate::time::Timestamp;

/// Something that happened.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Event {
    /// Its id; sorts by time.
    pub id: String,
    /// `item.created`, `item.stage_entered`, `item.changed`, `item.deleted`,
    /// `conversation.accepted`, `message.received`, ...
    pub kind: String,
    /// The host's stamp.
    pub at: Timestamp,
    /// The provider's or client's stamp.
    pub occurred_at: Option<Timestamp>,
    /// Who did it.
    pub actor: Actor,
    /// In whose name.
    pub on_behalf_of: Option<String>,
    /// What it happened to.
    pub subject: RecordRef,
    /// What led to it.
    pub cause: Cause,
    /// Facts, frozen at the commit.
    pub payload: Map<String, Value>,
}

impl Row for Event {
    const NAME: &'static str = "event";
}

impl Event {
    /// Where an event is kept.
    #[must_use]
    pub fn key(tenant: TenantId, id: &str) -> Key {
        Key::new(tenant, Table::Event, &[id])
    }

    /// The event as triggers see it.
    #[must_use]
    pub fn view(&self) -> Value {
        json!({
            "id": self.id, "kind": self.kind, "at": self.at, "occurred_at": self.occurred_at,
            "actor": self.actor, "on_behalf_of": self.on_behalf_of, "subject": self.subject,
            "payload": self.payload,
        })
    }
}

/// What came of one candidate.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// A trigger moved the item, or a stage's automation started.
    Ran {
        /// The run, for a stage's automation.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        run: Option<String>,
    },
    /// The condition does not hold.
    Skipped {
        /// Why, with the values.
        reason: String,
    },
    /// Another trigger won.
    Lost {
        /// Which one, `automation/trigger`.
        to: String,
    },
    /// The item had gone before it was looked at.
    Cancelled {
        /// Why: the item left the stage, or was deleted.
        reason: CancelReason,
    },
    /// The loop guard cut it.
    LoopGuard {
        /// The path that led here.
        path: Vec<String>,
    },
    /// The plugin failed.
    Failed {
        /// Stable code.
        code: String,
        /// What went wrong.
        message: String,
    },
}

/// A candidate and its outcome.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Candidate {
    /// The automation.
    pub automation: String,
    /// Its version.
    pub version: u32,
    /// The stage it stands on.
    pub stage: String,
    /// The trigger's id; absent for the stage's robots as a whole.
    pub trigger: Option<String>,
    /// What came of it.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// The trigger's condition as it was judged, with the values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<Judged>,
}

/// The outcome of every candidate for one event and one item: one row, written exactly once.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Decisions {
    /// The event.
    pub event: String,
    /// Its kind.
    pub kind: String,
    /// When it happened.
    pub at: Timestamp,
    /// The candidates.
    pub candidates: Vec<Candidate>,
    /// The stage the item was moved to, if it was.
    pub moved_to: Option<String>,
}

impl Row for Decisions {
    const NAME: &'static str = "decisions";
}

impl Decisions {
    /// The range of an item's decisions, oldest first.
    #[must_use]
    pub fn range(tenant: TenantId, item: &RecordRef) -> Key {
        Key::new(tenant, Table::Decisions, &[&item.kind, &item.id])
    }

    /// Where the decisions on the `seq`-th event of the item's lane are kept.
    #[must_use]
    pub fn key(tenant: TenantId, item: &RecordRef, seq: u64) -> Key {
        KeyBuilder::new(tenant, Table::Decisions).text(&item.kind).text(&item.id).number(seq).done()
    }
}
