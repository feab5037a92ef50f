//! A robot's results: what later robots may refer to.

use serde_json::{Map, Value, json};

use stagewright_catalogue::{ResultKind, Word};

use crate::Text;

/// How the catalogue describes one result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResultField {
    /// The key in `{{robots.<id>.<key>}}`.
    pub key: &'static str,
    /// What it holds. Conditions compare the values as what the kind says.
    pub kind: ResultKind,
    /// Its name in the list of values to insert.
    pub label: Text,
}

impl ResultField {
    pub(crate) fn to_json(self) -> Value {
        json!({ "key": self.key, "kind": self.kind.as_str(), "label": self.label.to_json() })
    }
}

/// The results of a robot. Derive it; `()` is a robot without results.
pub trait Results {
    /// What the catalogue says of the fields, in their order.
    const RESULTS: &'static [ResultField];

    /// The values under their keys.
    fn into_fields(self) -> Map<String, Value>;
}

impl Results for () {
    const RESULTS: &'static [ResultField] = &[];

    fn into_fields(self) -> Map<String, Value> {
        Map::new()
    }
}
