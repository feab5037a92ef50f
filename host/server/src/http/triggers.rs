//! `/v1/triggers`: triggers, which there are.

use axum::extract::State;
use serde::Serialize;

use stagewright_core::model::plugin::{Plugin, TriggerInfo};

use super::answer::Answer;
use super::auth::Caller;
use super::catalogue::{CatalogueQuery, SettingView, enabled, group_name, text, title};
use super::page::Items;
use super::params::Asked;
use super::state::App;

/// A trigger as people see it, in their language.
#[derive(Debug, Serialize)]
pub(super) struct TriggerView {
    plugin: String,
    version: String,
    trigger: String,
    app: String,
    name: String,
    /// The name with the app's before it.
    title: String,
    description: String,
    group: String,
    group_name: String,
    kinds: Vec<String>,
    events: Vec<String>,
    idle_after: Option<String>,
    settings: Vec<SettingView>,
}

impl TriggerView {
    fn of(plugin: &Plugin, trigger: &TriggerInfo, language: &str) -> Self {
        let TriggerInfo { id, name, description, group, kinds, events, idle_after, settings } =
            trigger;
        let name = text(name, language);

        Self {
            plugin: plugin.id.clone(),
            version: plugin.version.clone(),
            trigger: id.clone(),
            app: plugin.app.clone(),
            title: title(plugin, &name),
            name,
            description: text(description, language),
            group: group.clone(),
            group_name: group_name(group, language),
            kinds: kinds.clone(),
            events: events.clone(),
            idle_after: idle_after.clone(),
            settings: settings.iter().map(|info| SettingView::of(info, language)).collect(),
        }
    }
}

/// `GET /v1/triggers`: lists the triggers of the plugins that the tenant has enabled: all, or those
/// for a kind of item. Always whole, without pages.
pub(super) async fn list_triggers(
    State(app): App,
    caller: Caller,
    Asked(asked): Asked<CatalogueQuery>,
) -> Answer<Items<TriggerView>> {
    let language = asked.language(&app, caller.tenant()).await?;
    let plugins = enabled(&app, caller.tenant()).await?;

    let offered = |plugin: &Plugin| {
        let triggers =
            plugin.catalogue.triggers.iter().filter(|trigger| asked.fits(&trigger.kinds));
        triggers.map(|trigger| TriggerView::of(plugin, trigger, &language)).collect::<Vec<_>>()
    };
    Ok(Items::new(plugins.iter().flat_map(offered), None))
}
