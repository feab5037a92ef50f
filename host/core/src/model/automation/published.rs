//! What is published: unchangeable versions, and where a dispatch finds them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Automation, TriggerSpec};
use crate::id::TenantId;
use crate::key::{Key, KeyBuilder, Table};
use crate::row::Row;
use crate::time::Timestamp;

/// A published version. Never changes; waiting steps keep the one they started with.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct AutomationVersion {
    /// Its number, from 1.
    pub version: u32,
    /// When it was published.
    pub published_at: Timestamp,
    /// By whom.
    pub published_by: String,
    /// What was published.
    pub automation: Automation,
    /// The major version of each plugin it was checked against.
    pub majors: BTreeMap<String, u64>,
    /// By trigger, the kinds of event it wants to see.
    #[serde(default)]
    pub trigger_events: BTreeMap<String, Vec<String>>,
    /// What the publisher was warned of.
    #[serde(default)]
    pub warnings: Vec<String>,
}

impl AutomationVersion {
    /// Its triggers with what each listens to.
    #[must_use]
    pub fn listeners(&self) -> Vec<Listener> {
        let events = |id: &str| self.trigger_events.get(id).cloned().unwrap_or_default();

        self.automation
            .triggers
            .iter()
            .map(|spec| Listener { spec: Arc::new(spec.clone()), events: events(&spec.id) })
            .collect()
    }
}

impl Row for AutomationVersion {
    const NAME: &'static str = "automation version";
}

impl AutomationVersion {
    /// Where a version is kept.
    #[must_use]
    pub fn key(tenant: TenantId, automation: &str, version: u32) -> Key {
        KeyBuilder::new(tenant, Table::AutomationVersion)
            .text(automation)
            .number(u64::from(version))
            .done()
    }
}

/// What is published on a pipeline, so that one row tells a dispatch where to look.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Bindings {
    /// By stage.
    pub stages: BTreeMap<String, Binding>,
}

impl Row for Bindings {
    const NAME: &'static str = "bindings";
}

impl Bindings {
    /// Where a pipeline's bindings are kept.
    #[must_use]
    pub fn key(tenant: TenantId, pipeline: &str) -> Key {
        Key::new(tenant, Table::Bindings, &[pipeline])
    }

    /// The durations of silence that triggers of the pipeline wait for, in milliseconds, shortest
    /// first.
    #[must_use]
    pub fn idle_ms(&self) -> BTreeSet<i64> {
        self.stages.values().flat_map(|binding| binding.idle_ms.iter().copied()).collect()
    }
}

/// One stage's published automation.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Binding {
    /// The automation.
    pub automation: String,
    /// Its published version.
    pub version: u32,
    /// The kinds of event that its triggers want to see.
    pub trigger_events: Vec<String>,
    /// Whether it has robots.
    pub has_robots: bool,
    /// For how long nobody must have touched an item for its triggers to be told, in milliseconds.
    #[serde(default)]
    pub idle_ms: Vec<i64>,
    /// Its triggers, so that matching an event reads no version. Empty in rows of earlier hosts,
    /// whose versions are read instead.
    #[serde(default)]
    pub triggers: Vec<Listener>,
}

/// A published trigger and what it listens to.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Listener {
    /// The trigger.
    pub spec: Arc<TriggerSpec>,
    /// The kinds of event it wants to see.
    pub events: Vec<String>,
}
