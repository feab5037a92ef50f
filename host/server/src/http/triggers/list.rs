//! `GET /v1/triggers`

use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use stagewright_core::model::plugin::{Plugin, TriggerInfo};

use crate::http::answer::Answer;
use crate::http::auth::Caller;
use crate::http::catalogue::{enabled, group_name, language, settings, text, title};
use crate::http::page::listed;
use crate::http::params::Asked;
use crate::http::state::App;

/// For whom.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct TriggerQuery {
    language: Option<String>,
    kind: Option<String>,
}

/// Lists the triggers of the plugins that the tenant has enabled: all, or those for a kind of item.
/// Always whole, without pages.
pub(in crate::http) async fn list_triggers(
    State(app): App,
    caller: Caller,
    Asked(asked): Asked<TriggerQuery>,
) -> Answer {
    let language = language(&app, caller.tenant(), asked.language).await?;
    let plugins = enabled(&app, caller.tenant()).await?;

    let fits = |trigger: &&TriggerInfo| {
        asked
            .kind
            .as_ref()
            .is_none_or(|kind| trigger.kinds.is_empty() || trigger.kinds.contains(kind))
    };
    let triggers = plugins.iter().flat_map(|plugin| {
        plugin.catalogue.triggers.iter().filter(fits).map(move |trigger| (plugin, trigger))
    });

    Ok(listed(triggers.map(|(plugin, trigger)| view(plugin, trigger, &language)).collect(), None))
}

fn view(plugin: &Plugin, trigger: &TriggerInfo, language: &str) -> Value {
    let name = text(&trigger.name, language);
    json!({
        "plugin": plugin.id, "version": plugin.version, "trigger": trigger.id, "app": plugin.app,
        "name": name, "title": title(plugin, name),
        "description": text(&trigger.description, language), "group": trigger.group,
        "group_name": group_name(&trigger.group, language), "kinds": trigger.kinds,
        "events": trigger.events, "idle_after": trigger.idle_after,
        "settings": settings(&trigger.settings, language),
    })
}
