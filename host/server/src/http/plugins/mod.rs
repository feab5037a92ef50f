//! Plugins: installed for the platform, enabled by each tenant.

mod grants;
mod install;
mod list;
mod show;

use serde_json::{Value, json};

use stagewright_core::model::plugin::{Grant, Plugin};

pub(super) use grants::grant_plugin;
pub(super) use install::install_plugin;
pub(super) use list::list_plugins;
pub(super) use show::show_plugin;

/// A plugin as lists show it; `enabled`, `granted` and `grant_version` are the tenant's, where one
/// asks.
fn plugin_view(plugin: &Plugin, grant: Option<&(Grant, u64)>, in_tenant: bool) -> Value {
    let mut view = json!({
        "id": plugin.id, "name": plugin.name, "app": plugin.app, "version": plugin.version,
        "publisher": plugin.publisher, "bundle": plugin.bundle, "permissions": plugin.permissions,
        "imports": plugin.imports, "installed_at": plugin.installed_at,
    });
    if let (true, Some(map)) = (in_tenant, view.as_object_mut()) {
        map.insert("enabled".into(), json!(grant.is_some()));
        map.insert("granted".into(), json!(grant.map(|(grant, _)| &grant.scopes)));
        map.insert("grant_version".into(), json!(grant.map(|(_, version)| version)));
    }
    view
}
