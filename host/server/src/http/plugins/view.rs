//! Plugins as clients see them.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;

use stagewright_core::call::CallLimits;
use stagewright_core::model::plugin::{
    Catalogue, ChannelInfo, Choice, Grant, Permission, Plugin, PluginLimits, ResultInfo, RobotInfo,
    SecretInfo, SettingInfo, Texts, TriggerInfo,
};
use stagewright_core::time::Timestamp;

/// A plugin as lists show it.
#[derive(Debug, Serialize)]
pub(in crate::http) struct PluginView {
    id: String,
    name: String,
    app: String,
    version: String,
    publisher: String,
    bundle: String,
    permissions: Vec<PermissionView>,
    imports: Vec<String>,
    installed_at: Timestamp,
    /// Only where a tenant asks.
    #[serde(flatten)]
    in_tenant: Option<InTenantView>,
}

/// What a plugin is in the tenant that asks.
#[derive(Debug, Serialize)]
struct InTenantView {
    enabled: bool,
    /// The scopes, where there is a grant.
    granted: Option<BTreeSet<String>>,
    /// The grant's version, where there is one.
    grant_version: Option<u64>,
}

/// A plugin with its catalogue and its limits.
#[derive(Debug, Serialize)]
pub(in crate::http) struct WholePluginView {
    #[serde(flatten)]
    plugin: PluginView,
    catalogue: CatalogueView,
    limits: LimitsView,
}

/// What a tenant has granted a plugin.
#[derive(Debug, Serialize)]
pub(in crate::http) struct GrantView {
    plugin: String,
    enabled: bool,
    granted: BTreeSet<String>,
    version: u64,
}

/// One permission that a plugin asks for.
#[derive(Debug, Serialize)]
struct PermissionView {
    scope: String,
    reason: String,
    optional: bool,
}

/// What a plugin offers, with its texts in every language.
#[derive(Debug, Serialize)]
struct CatalogueView {
    robots: Vec<RobotInfoView>,
    triggers: Vec<TriggerInfoView>,
    channels: Vec<ChannelInfoView>,
}

/// A robot type.
#[derive(Debug, Serialize)]
struct RobotInfoView {
    id: String,
    name: Texts,
    description: Texts,
    group: String,
    kinds: Vec<String>,
    settings: Vec<SettingInfoView>,
    results: Vec<ResultInfoView>,
}

/// A trigger type.
#[derive(Debug, Serialize)]
struct TriggerInfoView {
    id: String,
    name: Texts,
    description: Texts,
    group: String,
    kinds: Vec<String>,
    events: Vec<String>,
    idle_after: Option<String>,
    settings: Vec<SettingInfoView>,
}

/// A channel type.
#[derive(Debug, Serialize)]
struct ChannelInfoView {
    id: String,
    name: Texts,
    description: Texts,
    kind: String,
    settings: Vec<SettingInfoView>,
    secrets: Vec<SecretInfoView>,
    free_text_hours: Option<u32>,
}

/// One setting of a robot, trigger or channel.
#[derive(Debug, Serialize)]
struct SettingInfoView {
    key: String,
    kind: String,
    label: Texts,
    help: Texts,
    required: bool,
    default: Option<Value>,
    min: Option<i64>,
    max: Option<i64>,
    choices: Vec<ChoiceInfoView>,
    multiple: bool,
}

/// One thing to choose.
#[derive(Debug, Serialize)]
struct ChoiceInfoView {
    value: String,
    label: Texts,
}

/// One result of a robot.
#[derive(Debug, Serialize)]
struct ResultInfoView {
    key: String,
    kind: String,
    label: Texts,
}

/// A secret that a channel needs.
#[derive(Debug, Serialize)]
struct SecretInfoView {
    name: String,
    label: Texts,
}

/// A plugin's limits by what is called.
#[derive(Debug, Serialize)]
struct LimitsView {
    robot: CallLimitsView,
    trigger: CallLimitsView,
    channel: CallLimitsView,
}

/// The limits of one call.
#[derive(Debug, Serialize)]
struct CallLimitsView {
    fuel: u64,
    wall_ms: u64,
    memory_bytes: u64,
    table_elements: u64,
    host_calls: u32,
    effects: u32,
    log_bytes: u32,
    output_bytes: u32,
}

impl PluginView {
    /// As the platform sees it.
    pub(super) fn of(plugin: Plugin) -> Self {
        WholePluginView::of(plugin).plugin
    }

    /// As a tenant sees it that granted it this.
    pub(super) fn in_tenant(plugin: Plugin, grant: Option<(Grant, u64)>) -> Self {
        WholePluginView::in_tenant(plugin, grant).plugin
    }
}

impl WholePluginView {
    /// As the platform sees it.
    pub(super) fn of(plugin: Plugin) -> Self {
        Self::with(plugin, None)
    }

    /// As a tenant sees it that granted it this.
    pub(super) fn in_tenant(plugin: Plugin, grant: Option<(Grant, u64)>) -> Self {
        Self::with(plugin, Some(InTenantView::of(grant)))
    }

    fn with(plugin: Plugin, in_tenant: Option<InTenantView>) -> Self {
        let Plugin {
            id,
            name,
            app,
            version,
            publisher,
            bundle,
            component: _,
            permissions,
            imports,
            catalogue,
            limits,
            installed_at,
        } = plugin;

        let permissions = permissions.into_iter().map(PermissionView::of).collect();
        let plugin = PluginView {
            id,
            name,
            app,
            version,
            publisher,
            bundle,
            permissions,
            imports,
            installed_at,
            in_tenant,
        };
        Self { plugin, catalogue: CatalogueView::of(catalogue), limits: LimitsView::of(limits) }
    }
}

impl InTenantView {
    fn of(grant: Option<(Grant, u64)>) -> Self {
        let enabled = grant.is_some();
        let (granted, grant_version) =
            grant.map(|(Grant { scopes, more: _ }, version)| (scopes, version)).unzip();
        Self { enabled, granted, grant_version }
    }
}

impl GrantView {
    /// What `plugin` was granted just now.
    pub(super) fn of(plugin: String, grant: Grant, version: u64) -> Self {
        let Grant { scopes, more: _ } = grant;
        Self { plugin, enabled: true, granted: scopes, version }
    }
}

impl PermissionView {
    fn of(permission: Permission) -> Self {
        let Permission { scope, reason, optional } = permission;
        Self { scope, reason, optional }
    }
}

impl CatalogueView {
    fn of(catalogue: Catalogue) -> Self {
        let Catalogue { robots, triggers, channels } = catalogue;
        Self {
            robots: robots.into_iter().map(RobotInfoView::of).collect(),
            triggers: triggers.into_iter().map(TriggerInfoView::of).collect(),
            channels: channels.into_iter().map(ChannelInfoView::of).collect(),
        }
    }
}

impl RobotInfoView {
    fn of(info: RobotInfo) -> Self {
        let RobotInfo { id, name, description, group, kinds, settings, results } = info;
        Self {
            id,
            name,
            description,
            group,
            kinds,
            settings: settings.into_iter().map(SettingInfoView::of).collect(),
            results: results.into_iter().map(ResultInfoView::of).collect(),
        }
    }
}

impl TriggerInfoView {
    fn of(info: TriggerInfo) -> Self {
        let TriggerInfo { id, name, description, group, kinds, events, idle_after, settings } =
            info;
        Self {
            id,
            name,
            description,
            group,
            kinds,
            events,
            idle_after,
            settings: settings.into_iter().map(SettingInfoView::of).collect(),
        }
    }
}

impl ChannelInfoView {
    fn of(info: ChannelInfo) -> Self {
        let ChannelInfo { id, name, description, kind, settings, secrets, free_text_hours } = info;
        Self {
            id,
            name,
            description,
            kind,
            settings: settings.into_iter().map(SettingInfoView::of).collect(),
            secrets: secrets.into_iter().map(SecretInfoView::of).collect(),
            free_text_hours,
        }
    }
}

impl SettingInfoView {
    fn of(info: SettingInfo) -> Self {
        let SettingInfo { key, kind, label, help, required, default, min, max, choices, multiple } =
            info;
        Self {
            key,
            kind: kind.as_str().to_owned(),
            label,
            help,
            required,
            default,
            min,
            max,
            choices: choices.into_iter().map(ChoiceInfoView::of).collect(),
            multiple,
        }
    }
}

impl ChoiceInfoView {
    fn of(choice: Choice) -> Self {
        let Choice { value, label } = choice;
        Self { value, label }
    }
}

impl ResultInfoView {
    fn of(info: ResultInfo) -> Self {
        let ResultInfo { key, kind, label } = info;
        Self { key, kind: kind.as_str().to_owned(), label }
    }
}

impl SecretInfoView {
    fn of(info: SecretInfo) -> Self {
        let SecretInfo { name, label } = info;
        Self { name, label }
    }
}

impl LimitsView {
    fn of(limits: PluginLimits) -> Self {
        let PluginLimits { robot, trigger, channel } = limits;
        Self {
            robot: CallLimitsView::of(robot),
            trigger: CallLimitsView::of(trigger),
            channel: CallLimitsView::of(channel),
        }
    }
}

impl CallLimitsView {
    fn of(limits: CallLimits) -> Self {
        let CallLimits {
            fuel,
            wall_ms,
            memory_bytes,
            table_elements,
            host_calls,
            effects,
            log_bytes,
            output_bytes,
        } = limits;
        Self {
            fuel,
            wall_ms,
            memory_bytes,
            table_elements,
            host_calls,
            effects,
            log_bytes,
            output_bytes,
        }
    }
}
