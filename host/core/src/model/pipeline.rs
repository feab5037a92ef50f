//! Pipelines and their stages, in order.

use serde::{Deserialize, Serialize};

use crate::id::TenantId;
use crate::key::{Key, Table};
use crate::row::Row;

/// What it means to stand on a stage.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Semantics {
    /// Work goes on.
    #[default]
    InProgress,
    /// Closed successfully.
    Won,
    /// Closed unsuccessfully.
    Lost,
}

/// One stage.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stage {
    /// Stable id, unique in its pipeline.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// What it means.
    #[serde(default)]
    pub semantics: Semantics,
}

/// A pipeline. Its stages' order is their order here; new items enter the first one.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pipeline {
    /// Stable id.
    #[serde(default)]
    pub id: String,
    /// The kind of item that moves through it: `lead` or `deal`.
    pub kind: String,
    /// Name for people.
    pub name: String,
    /// The stages.
    pub stages: Vec<Stage>,
}

impl Row for Pipeline {
    const NAME: &'static str = "pipeline";
}

impl Pipeline {
    /// Where a pipeline is kept.
    #[must_use]
    pub fn key(tenant: TenantId, id: &str) -> Key {
        Key::new(tenant, Table::Pipeline, &[id])
    }

    /// A stage and its place in the order.
    #[must_use]
    pub fn stage(&self, id: &str) -> Option<(usize, &Stage)> {
        self.stages.iter().enumerate().find(|(_, stage)| stage.id == id)
    }
}
