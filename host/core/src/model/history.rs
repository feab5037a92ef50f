//! The history: an audit log of the whole tenant. What people see of one item is its timeline
//! ([`crate::model::timeline`]).

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::context::Actor;
use crate::id::TenantId;
use crate::key::{Key, KeyBuilder, Table};
use crate::model::record::RecordRef;
use crate::row::Row;
use crate::time::Timestamp;

/// What kind of thing an entry tells.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryType {
    /// A record was created.
    Created,
    /// Fields of it were changed.
    Changed,
    /// It was moved to another stage.
    StageChanged,
    /// It was deleted.
    Deleted,
    /// It was merged into another one.
    Merged,
    /// Somebody, mostly a robot, wrote something down.
    Information,
}

impl EntryType {
    /// Every type.
    pub const ALL: [Self; 6] = [
        Self::Created,
        Self::Changed,
        Self::StageChanged,
        Self::Deleted,
        Self::Merged,
        Self::Information,
    ];

    /// Its name, as in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Changed => "changed",
            Self::StageChanged => "stage_changed",
            Self::Deleted => "deleted",
            Self::Merged => "merged",
            Self::Information => "information",
        }
    }
}

/// One entry.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct HistoryEntry {
    /// Its id; sorts by time.
    pub id: String,
    /// When.
    pub at: Timestamp,
    /// Grows with every entry of the record, so that those of one moment keep their order.
    pub number: u64,
    /// What kind of thing it tells.
    #[serde(rename = "type")]
    pub kind: EntryType,
    /// The record it is about, an item or any other.
    pub item: RecordRef,
    /// One sentence for people.
    pub text: String,
    /// Who did it.
    pub actor: Actor,
    /// In whose name, a user's id.
    pub author: Option<String>,
    /// Who was responsible for the record then, a user's id.
    pub responsible: Option<String>,
    /// What wrote it, where an automation did.
    #[serde(flatten)]
    pub by: MadeBy,
    /// Details: `before` and `after`, each the fields that differ.
    pub data: Map<String, Value>,
}

/// Which automation made something; all of it is empty where a person or a program did.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct MadeBy {
    /// The automation; empty text for a robot invoked over the API.
    pub automation: Option<String>,
    /// The robot's or trigger's id there.
    pub robot: Option<String>,
    /// The pipeline of the item it worked for.
    pub pipeline: Option<String>,
    /// The stage it ran for.
    pub stage: Option<String>,
    /// The run; absent for a trigger.
    pub run: Option<String>,
}

/// Where an entry of one record's history is kept: what its index row leads to.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct HistoryPlace {
    /// The entry's type.
    #[serde(rename = "type")]
    pub kind: EntryType,
    /// When.
    pub at: Timestamp,
    /// The entry's number.
    pub number: u64,
    /// Its id.
    pub id: String,
}

impl Row for HistoryEntry {
    const NAME: &'static str = "history entry";
}

impl Row for HistoryPlace {
    const NAME: &'static str = "history place";
}

impl HistoryPlace {
    /// The key that it stands for.
    #[must_use]
    pub fn key(&self, tenant: TenantId) -> Key {
        KeyBuilder::new(tenant, Table::History)
            .text(self.kind.name())
            .time(self.at)
            .number(self.number)
            .text(&self.id)
            .done()
    }
}

impl HistoryEntry {
    /// The range of a tenant's entries of one type, oldest first.
    #[must_use]
    pub fn range(tenant: TenantId, kind: EntryType) -> Key {
        Key::new(tenant, Table::History, &[kind.name()])
    }

    /// Where the entry is kept.
    #[must_use]
    pub fn place(&self) -> HistoryPlace {
        HistoryPlace { kind: self.kind, at: self.at, number: self.number, id: self.id.clone() }
    }

    /// Where the entries of one type that happened at `at` or later begin.
    #[must_use]
    pub fn since(tenant: TenantId, kind: EntryType, at: Timestamp) -> Key {
        KeyBuilder::new(tenant, Table::History).text(kind.name()).time(at).done()
    }

    /// The range of one record's entries, oldest first; its rows are [`HistoryPlace`]s.
    #[must_use]
    pub fn of_record(tenant: TenantId, record: &RecordRef) -> Key {
        Key::new(tenant, Table::Index, &["history", &record.kind, &record.id])
    }

    /// One entry of [`HistoryEntry::of_record`].
    #[must_use]
    pub fn of_record_entry(&self, tenant: TenantId) -> Key {
        let range = KeyBuilder::new(tenant, Table::Index)
            .text("history")
            .text(&self.item.kind)
            .text(&self.item.id);

        range.time(self.at).number(self.number).text(&self.id).done()
    }
}
