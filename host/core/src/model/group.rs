//! Work groups: people who work on something together.

use serde::{Deserialize, Serialize};

use crate::id::TenantId;
use crate::key::{Key, Table};
use crate::row::Row;

/// A work group that tasks can be linked to.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Stable id.
    #[serde(default)]
    pub id: String,
    /// Name for people.
    pub name: String,
    /// Its members' user ids.
    #[serde(default)]
    pub members: Vec<String>,
    /// What it is for.
    #[serde(default)]
    pub description: String,
}

impl Row for Group {
    const NAME: &'static str = "group";
}

impl Group {
    /// Where a group is kept.
    #[must_use]
    pub fn key(tenant: TenantId, id: &str) -> Key {
        Key::new(tenant, Table::Group, &[id])
    }
}
