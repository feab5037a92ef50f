//! Installed plugins and what each tenant granted them.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::catalogue::{Catalogue, RobotInfo, TriggerInfo};
use crate::call::CallLimits;
use crate::id::TenantId;
use crate::key::{Key, Table};
use crate::row::Row;
use crate::time::Timestamp;

/// One permission a plugin asks for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Permission {
    /// What it may do, such as `records.observe:*`.
    pub scope: String,
    /// Why, for the admin.
    pub reason: String,
    /// Whether the plugin copes without it.
    #[serde(default)]
    pub optional: bool,
}

impl Permission {
    /// Whether a tenant may give `scope` for it: the same, or a single subject where all are asked
    /// for.
    #[must_use]
    pub fn covers(&self, scope: &str) -> bool {
        let fits = |subject: &str| {
            !subject.is_empty()
                && subject.chars().all(|c| c.is_ascii_alphanumeric() || "._-:[]".contains(c))
        };

        scope == self.scope
            || self
                .scope
                .strip_suffix('*')
                .and_then(|family| scope.strip_prefix(family))
                .is_some_and(fits)
    }
}

/// An installed plugin.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Plugin {
    /// `publisher.name`.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// The app it belongs to, shown as `[app]` before its robots' names; empty for the platform's
    /// own.
    pub app: String,
    /// Active version.
    pub version: String,
    /// Who made it.
    pub publisher: String,
    /// The bundle's content hash.
    pub bundle: String,
    /// The component's SHA-256.
    pub component: String,
    /// What it asks for.
    pub permissions: Vec<Permission>,
    /// The functions it imports: the proof of what it can do.
    pub imports: Vec<String>,
    /// What it offers.
    pub catalogue: Catalogue,
    /// Its limits as a robot, as a trigger and as a channel.
    pub limits: PluginLimits,
    /// When this version was installed.
    pub installed_at: Timestamp,
}

/// A plugin's limits by what is called.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PluginLimits {
    /// For its robots.
    pub robot: CallLimits,
    /// For its triggers.
    pub trigger: CallLimits,
    /// For its channels.
    pub channel: CallLimits,
}

impl Row for Plugin {
    const NAME: &'static str = "plugin";
}

impl Plugin {
    /// A robot type that it offers.
    #[must_use]
    pub fn robot(&self, id: &str) -> Option<&RobotInfo> {
        self.catalogue.robots.iter().find(|info| info.id == id)
    }

    /// A trigger type that it offers.
    #[must_use]
    pub fn trigger(&self, id: &str) -> Option<&TriggerInfo> {
        self.catalogue.triggers.iter().find(|info| info.id == id)
    }

    /// The secrets that one of its channels says it needs.
    #[must_use]
    pub fn secret_names(&self, channel: &str) -> BTreeSet<String> {
        let info = self.catalogue.channels.iter().find(|info| info.id == channel);
        info.map(|info| info.secrets.iter().map(|secret| secret.name.clone()).collect())
            .unwrap_or_default()
    }

    /// Where a plugin is kept: in the platform's space.
    #[must_use]
    pub fn key(id: &str) -> Key {
        Key::new(TenantId::PLATFORM, Table::Plugin, &[id])
    }

    /// The major version, which automations bind to.
    #[must_use]
    pub fn major(&self) -> u64 {
        self.version.split('.').next().and_then(|major| major.parse().ok()).unwrap_or(0)
    }
}

/// What one tenant granted one plugin. Without a grant the plugin is inert there.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Grant {
    /// The scopes.
    pub scopes: BTreeSet<String>,
    /// Settings of the tenant for the whole plugin, kept for later.
    #[serde(default)]
    pub more: Map<String, Value>,
}

impl Row for Grant {
    const NAME: &'static str = "grant";
}

impl Grant {
    /// Where a grant is kept.
    #[must_use]
    pub fn key(tenant: TenantId, plugin: &str) -> Key {
        Key::new(tenant, Table::Grant, &[plugin])
    }

    /// Whether `family:subject` is granted, by itself or by `family:*`. A family without a subject
    /// is named alone.
    #[must_use]
    pub fn allows(&self, family: &str, subject: &str) -> bool {
        if subject.is_empty() {
            return self.scopes.contains(family);
        }
        self.scopes.contains(&format!("{family}:{subject}"))
            || self.scopes.contains(&format!("{family}:*"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn single_subjects_may_be_given_for_all_and_nothing_wider() {
        let asks = |scope: &str| Permission {
            scope: scope.to_owned(),
            reason: String::new(),
            optional: false,
        };

        let all = asks("http.send:*");
        for scope in ["http.send:*", "http.send:api.example.com", "http.send:api.example.com:8443"]
        {
            assert!(all.covers(scope), "{scope}");
        }

        for scope in
            ["http.send:", "http.send", "http.send:a/b", "http.receive:a", "records.read:deal"]
        {
            assert!(!all.covers(scope), "{scope}");
        }

        assert!(!asks("records.read:deal").covers("records.read:*"));
        assert!(!asks("directory.read").covers("directory.read:x"));
    }
}
