//! The visible feed of an item.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::context::Actor;
use crate::id::TenantId;
use crate::key::{Key, KeyBuilder, Table};
use crate::model::record::RecordRef;
use crate::row::Row;
use crate::time::Timestamp;

/// One entry of an item's timeline.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Entry {
    /// Its id; sorts by time.
    pub id: String,
    /// When.
    pub at: Timestamp,
    /// `created`, `stage_changed`, `changed`, `observer_added`, `message_in`, `message_out`,
    /// `accepted`, `robot`, `deleted`, ...
    pub kind: String,
    /// One sentence for people.
    pub text: String,
    /// Who did it.
    pub actor: Actor,
    /// In whose name.
    pub author: Option<String>,
    /// Details by kind.
    pub data: Map<String, Value>,
}

impl Row for Entry {
    const NAME: &'static str = "timeline entry";
}

impl Entry {
    /// The range of an item's timeline, oldest first.
    #[must_use]
    pub fn range(tenant: TenantId, item: &RecordRef) -> Key {
        Key::new(tenant, Table::Timeline, &[&item.kind, &item.id])
    }

    /// Where the item's `number`-th entry is kept.
    #[must_use]
    pub fn key(tenant: TenantId, item: &RecordRef, number: u64) -> Key {
        KeyBuilder::new(tenant, Table::Timeline)
            .text(&item.kind)
            .text(&item.id)
            .number(number)
            .done()
    }
}
