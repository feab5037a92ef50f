//! What of a tenant's automation is paused: one row a tenant.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::TenantId;
use crate::key::{Key, KeyBuilder, Table};
use crate::model::record::RecordRef;
use crate::row::Row;
use crate::time::Timestamp;

/// Since when something is paused, and who did it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Pause {
    /// Since when.
    pub since: Timestamp,
    /// By whom, for people.
    pub by: String,
}

/// Everything that is paused.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Pauses {
    /// Automations: their robots wait, their triggers are not asked.
    pub automations: BTreeMap<String, Pause>,
    /// Plugins: their robots wait, their triggers are not asked, what goes out through their
    /// channels waits.
    pub plugins: BTreeMap<String, Pause>,
    /// All sending.
    pub sending: Option<Pause>,
}

impl Row for Pauses {
    const NAME: &'static str = "pauses";
}

impl Pauses {
    /// Where a tenant's pauses are kept.
    #[must_use]
    pub fn key(tenant: TenantId) -> Key {
        Key::new(tenant, Table::Pauses, &[])
    }

    /// Whether something is paused.
    #[must_use]
    pub fn has(&self, what: &Pausable) -> bool {
        match what {
            Pausable::Automation(id) => self.automations.contains_key(id),
            Pausable::Plugin(id) => self.plugins.contains_key(id),
            Pausable::Sending => self.sending.is_some(),
        }
    }

    /// What keeps a robot or trigger of a plugin from running, if anything does: its automation
    /// comes first.
    #[must_use]
    pub fn holding(&self, automation: Option<&str>, plugin: &str) -> Option<Pausable> {
        let automation = automation
            .filter(|id| self.automations.contains_key(*id))
            .map(|id| Pausable::Automation(id.to_owned()));

        automation.or_else(|| {
            self.plugins.contains_key(plugin).then(|| Pausable::Plugin(plugin.to_owned()))
        })
    }

    /// What keeps a message from going out through a plugin's channel, if anything does.
    #[must_use]
    pub fn holding_message(&self, plugin: &str) -> Option<Pausable> {
        self.sending.as_ref().map(|_| Pausable::Sending).or_else(|| self.holding(None, plugin))
    }
}

/// What sort of thing can be paused.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PausableKind {
    /// An automation.
    Automation,
    /// A plugin.
    Plugin,
    /// All sending of the tenant.
    Sending,
}

impl PausableKind {
    /// The word for it, in keys and in sentences.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Automation => "automation",
            Self::Plugin => "plugin",
            Self::Sending => "sending",
        }
    }
}

/// Something that can be paused.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "what", content = "id", rename_all = "snake_case")]
pub enum Pausable {
    /// An automation.
    Automation(String),
    /// A plugin, for this tenant.
    Plugin(String),
    /// All sending of the tenant.
    Sending,
}

impl Pausable {
    /// What sort of thing it is.
    #[must_use]
    pub fn kind(&self) -> PausableKind {
        match self {
            Self::Automation(_) => PausableKind::Automation,
            Self::Plugin(_) => PausableKind::Plugin,
            Self::Sending => PausableKind::Sending,
        }
    }

    /// `automation`, `plugin` or `sending`.
    #[must_use]
    pub fn word(&self) -> &'static str {
        self.kind().word()
    }

    /// The automation's or plugin's id; empty for sending.
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Self::Automation(id) | Self::Plugin(id) => id,
            Self::Sending => "",
        }
    }

    /// Why something that it holds does not happen, as one clause.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Automation(_) => "the automation is paused",
            Self::Plugin(_) => "the plugin is paused",
            Self::Sending => "all sending is paused",
        }
    }

    /// The range of what it holds.
    #[must_use]
    pub fn held(&self, tenant: TenantId) -> Key {
        Key::new(tenant, Table::Index, &["held", self.word(), self.id()])
    }

    /// One entry of [`Pausable::held`], as [`Held`] writes itself.
    #[must_use]
    pub fn held_entry(&self, tenant: TenantId, held: &str) -> Key {
        KeyBuilder::new(tenant, Table::Index)
            .text("held")
            .text(self.word())
            .text(self.id())
            .text(held)
            .done()
    }
}

/// Something that waits until it is resumed.
///
/// **Shape as text**: `step/<run>/<step>`, `delivery/<id>` or
/// `idle/<kind>/<id>/<since>/<milliseconds>`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Held {
    /// A step of a run.
    Step(String, String),
    /// A delivery.
    Delivery(String),
    /// A trigger that would have been told that nobody touched an item since then for so many
    /// milliseconds.
    Idle(RecordRef, Timestamp, i64),
}

impl Held {
    /// As it stands in the index.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Step(run, step) => format!("step/{run}/{step}"),
            Self::Delivery(id) => format!("delivery/{id}"),
            Self::Idle(item, since, idle_ms) => {
                format!("idle/{}/{}/{idle_ms}", item.lane(), since.0)
            }
        }
    }

    /// Reads what [`Held::text`] wrote.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text.split('/').collect::<Vec<_>>()[..] {
            ["step", run, step] => Some(Self::Step(run.to_owned(), step.to_owned())),
            ["delivery", id] => Some(Self::Delivery(id.to_owned())),
            ["idle", kind, id, since, idle_ms] => Some(Self::Idle(
                RecordRef::new(kind, id),
                Timestamp(since.parse().ok()?),
                idle_ms.parse().ok()?,
            )),
            _ => None,
        }
    }
}
