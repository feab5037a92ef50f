//! CRM records of every kind, and the lane row that orders what happens to each.

use crate::schema::built_in;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::id::TenantId;
use crate::key::{Key, KeyBuilder, Table};
use crate::row::Row;
use crate::time::Timestamp;

/// Names one record.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct RecordRef {
    /// `deal`, `lead`, `contact`, `user`, ...
    pub kind: String,
    /// Opaque id.
    pub id: String,
}

impl RecordRef {
    /// A reference.
    #[must_use]
    pub fn new(kind: &str, id: &str) -> Self {
        Self { kind: kind.to_owned(), id: id.to_owned() }
    }

    /// The record's row.
    #[must_use]
    pub fn key(&self, tenant: TenantId) -> Key {
        Key::new(tenant, Table::Record, &[&self.kind, &self.id])
    }

    /// The record's lane row.
    #[must_use]
    pub fn lane_key(&self, tenant: TenantId) -> Key {
        Key::new(tenant, Table::Lane, &[&self.kind, &self.id])
    }

    /// The lane's name in due rows and in the engine's memory.
    #[must_use]
    pub fn lane(&self) -> String {
        format!("{}/{}", self.kind, self.id)
    }
}

/// A record.
///
/// **Shape**: everything a person may see is in `fields`, the host's own ones (`pipeline`, `stage`,
/// `responsible`, `observers`) included; which fields a kind has is in [`crate::schema`].
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Record {
    /// Its kind and id.
    #[serde(flatten)]
    pub key: RecordRef,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// When it entered its stage, for items.
    pub stage_entered_at: Option<Timestamp>,
    /// Grows with every stage change. A step that was scheduled in an earlier epoch has lost its
    /// stage.
    pub stage_epoch: u64,
    /// Set once it is deleted; the row stays so that nothing can take its place.
    pub deleted_at: Option<Timestamp>,
    /// The record that it was merged into.
    pub merged_into: Option<String>,
    /// Its fields.
    pub fields: Map<String, Value>,
}

impl Row for Record {
    const NAME: &'static str = "record";
}

impl Record {
    /// A text field; empty when absent.
    #[must_use]
    pub fn text(&self, field: &str) -> &str {
        self.fields.get(field).and_then(Value::as_str).unwrap_or("")
    }

    /// A list-of-text field.
    #[must_use]
    pub fn texts(&self, field: &str) -> Vec<String> {
        let list = self.fields.get(field).and_then(Value::as_array);
        list.map_or_else(Vec::new, |values| {
            values.iter().filter_map(Value::as_str).map(str::to_owned).collect()
        })
    }

    /// Whether a yes-or-no field is not `false`.
    #[must_use]
    pub fn is_on(&self, field: &str) -> bool {
        self.fields.get(field).and_then(Value::as_bool).unwrap_or(true)
    }

    /// A moment of the record: `created_at`, `updated_at`, `stage_entered_at` or a date field.
    #[must_use]
    pub fn moment(&self, field: &str) -> Option<Timestamp> {
        match field {
            "created_at" => Some(self.created_at),
            "updated_at" => Some(self.updated_at),
            "stage_entered_at" => self.stage_entered_at,
            _ => self.text(field).parse().ok(),
        }
    }

    /// The record as people and plugins see it.
    #[must_use]
    pub fn view(&self, version: u64) -> Value {
        let mut fields = self.fields.clone();
        if let Some(at) = self.stage_entered_at {
            fields.insert("stage_entered_at".into(), json!(at));
        }

        let mut view = json!({
            "kind": self.key.kind, "id": self.key.id, "version": version, "fields": fields,
            "created_at": self.created_at, "updated_at": self.updated_at,
        });

        if let (Some(into), Some(map)) = (&self.merged_into, view.as_object_mut()) {
            map.insert("merged_into".into(), json!(into));
        }

        view
    }

    /// What templates see as `item`: the fields with id, kind and times among them.
    #[must_use]
    pub fn template_view(&self) -> Value {
        let mut fields = self.fields.clone();
        fields.insert("id".into(), json!(self.key.id));
        fields.insert("kind".into(), json!(self.key.kind));
        fields.insert("created_at".into(), json!(self.created_at));
        fields.insert("updated_at".into(), json!(self.updated_at));
        fields.insert("stage_entered_at".into(), json!(self.stage_entered_at));

        Value::Object(fields)
    }
}

/// The range of all records of a kind, oldest first.
#[must_use]
pub fn records_of_kind(tenant: TenantId, kind: &str) -> Key {
    Key::new(tenant, Table::Record, &[kind])
}

/// The range of records of `kind` with this phone number, oldest first.
#[must_use]
pub fn by_phone(tenant: TenantId, kind: &str, phone: &str) -> Key {
    Key::new(tenant, Table::Index, &["phone", kind, phone])
}

/// One entry of [`by_phone`].
#[must_use]
pub fn by_phone_entry(
    tenant: TenantId,
    record: &RecordRef,
    created_at: Timestamp,
    phone: &str,
) -> Key {
    KeyBuilder::new(tenant, Table::Index)
        .text("phone")
        .text(&record.kind)
        .text(phone)
        .time(created_at)
        .text(&record.id)
        .done()
}

/// The range of the tasks or activities (`kind`) that are linked to an item, oldest first.
#[must_use]
pub fn linked_to(tenant: TenantId, kind: &str, item: &RecordRef) -> Key {
    let index = if kind == built_in::TASK { "tasks-of" } else { "activities-of" };
    Key::new(tenant, Table::Index, &[index, &item.kind, &item.id])
}

/// One entry of [`linked_to`].
#[must_use]
pub fn linked_to_entry(tenant: TenantId, record: &Record, item: &RecordRef) -> Key {
    let index = if record.key.kind == built_in::TASK { "tasks-of" } else { "activities-of" };
    let range = KeyBuilder::new(tenant, Table::Index).text(index).text(&item.kind).text(&item.id);

    range.time(record.created_at).text(&record.key.id).done()
}

/// The value of an index row: which record it leads to.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct IndexEntry {
    /// The id of what it leads to.
    pub id: String,
}

impl Row for IndexEntry {
    const NAME: &'static str = "index entry";
}

/// The lane of one item: what orders its events and which runs of it are not over. Every commit
/// that brings an event to the item or ends a run writes it, so that two of them cannot pass each
/// other unseen.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Lane {
    /// The number of the item's newest event.
    pub seq: u64,
    /// The stamp of the newest event; a later event is never dispatched under an earlier one.
    pub at: Timestamp,
    /// The number of the newest event that has been dispatched. No step starts while it is behind
    /// `seq`.
    pub dispatched: u64,
    /// The number of the item's newest timeline entry: entries keep the order of their commits.
    #[serde(default)]
    pub notes: u64,
    /// Runs with steps that are not over.
    pub runs: Vec<String>,
    /// The stamp of the newest event that neither automation nor the host's own work made.
    #[serde(default)]
    pub active_at: Timestamp,
    /// The timer that notices that nobody touches the item.
    #[serde(default)]
    pub idle: Idle,
    /// The number of the item's newest history entry: entries of one moment keep the order of their
    /// commits.
    #[serde(default)]
    pub history: u64,
    /// Open activities that leaving the stage completes.
    #[serde(default)]
    pub activities: Vec<String>,
    /// For the loop guard: when each robot started within its window, oldest first. Rows of earlier
    /// hosts counted in another field, which is left alone: the count begins anew.
    #[serde(default)]
    pub started: BTreeMap<String, Vec<Timestamp>>,
}

/// Where the timer of an item stands that nobody touches.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Idle {
    /// When its due row is due; nothing while there is none.
    pub due_at: Option<Timestamp>,
    /// The silence that was told of last: when it began.
    pub since: Timestamp,
    /// The longest duration that was told of it, in milliseconds.
    pub told_ms: i64,
}

impl Row for Lane {
    const NAME: &'static str = "lane";
}
