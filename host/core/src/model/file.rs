//! Files that are attached to records. The bytes lie beside the store, named by their content; the
//! row says what they are.

use serde::{Deserialize, Serialize};

use crate::id::TenantId;
use crate::key::{Key, KeyBuilder, Table};
use crate::model::record::RecordRef;
use crate::row::Row;
use crate::time::Timestamp;

/// A file. It is found through the records that it is attached to.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct File {
    /// Its id; sorts by time.
    pub id: String,
    /// Its name, as whoever sent it called it.
    pub name: String,
    /// What it says it is, such as `image/png`.
    pub mime: String,
    /// How large it is, in bytes.
    pub bytes: u64,
    /// The SHA-256 of its bytes, hexadecimal, under which they are kept.
    pub sha256: String,
    /// When it was sent.
    pub at: Timestamp,
    /// Who sent it, a user's id.
    pub author: Option<String>,
    /// The records that it is attached to.
    pub on: Vec<RecordRef>,
}

impl Row for File {
    const NAME: &'static str = "file";
}

impl File {
    /// Where a file's row is kept.
    #[must_use]
    pub fn key(tenant: TenantId, id: &str) -> Key {
        Key::new(tenant, Table::File, &[id])
    }

    /// The range of the files of a record, oldest first.
    #[must_use]
    pub fn of_record(tenant: TenantId, record: &RecordRef) -> Key {
        Key::new(tenant, Table::Index, &["files-of", &record.kind, &record.id])
    }

    /// One entry of [`File::of_record`].
    #[must_use]
    pub fn of_record_entry(tenant: TenantId, record: &RecordRef, id: &str) -> Key {
        KeyBuilder::new(tenant, Table::Index)
            .text("files-of")
            .text(&record.kind)
            .text(&record.id)
            .text(id)
            .done()
    }
}
