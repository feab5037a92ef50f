//! What keeps a plugin from being called.

use super::answer::Verdict;
use super::facts::Facts;

/// Why a plugin cannot be called now.
pub(super) fn plugin_hindrance(facts: &Facts, plugin: &str) -> Option<(Verdict, String)> {
    let known = facts.plugin(plugin)?;
    if known.plugin.is_none() {
        return Some((Verdict::PluginMissing, format!("the plugin `{plugin}` is not installed")));
    }

    let why = || format!("the plugin `{plugin}` is not enabled for this tenant");
    (!known.enabled).then(|| (Verdict::PluginNotEnabled, why()))
}
