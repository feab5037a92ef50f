//! Records as plugins name and see them.

use serde::Deserialize;
use serde_json::{Map, Value};

/// A record of any kind. Ids are opaque.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub struct RecordRef {
    /// `deal`, `lead`, `contact`, ...
    pub kind: String,
    /// The id.
    pub id: String,
}

impl RecordRef {
    /// The record `id` of the kind `kind`.
    pub fn new(kind: impl Into<String>, id: impl Into<String>) -> Self {
        Self { kind: kind.into(), id: id.into() }
    }
}

/// A record as the step sees it.
#[derive(Debug, Clone, Deserialize)]
pub struct Record {
    /// Its kind.
    pub kind: String,
    /// Its id.
    pub id: String,
    /// Its version when it was read.
    #[serde(default)]
    pub version: Value,
    /// When it was created, RFC 3339.
    #[serde(default)]
    pub created_at: String,
    /// When it was changed last, RFC 3339.
    #[serde(default)]
    pub updated_at: String,
    /// Its fields.
    #[serde(default)]
    pub fields: Map<String, Value>,
}

impl Record {
    /// A date of the record, RFC 3339: `created_at`, `updated_at`, `stage_entered_at` or a date
    /// field; `""` where there is none.
    pub fn date(&self, field: &str) -> &str {
        match field {
            "created_at" => &self.created_at,
            "updated_at" => &self.updated_at,
            field => self.text(field),
        }
    }

    /// A text field; `""` where there is none.
    pub fn text(&self, field: &str) -> &str {
        self.fields.get(field).and_then(Value::as_str).unwrap_or("")
    }
}
