//! `GET /v1/robots`

use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use stagewright_core::model::plugin::{Plugin, RobotInfo};

use crate::http::answer::Answer;
use crate::http::auth::Caller;
use crate::http::catalogue::{enabled, group_name, language, results, settings, text, title};
use crate::http::page::listed;
use crate::http::params::Asked;
use crate::http::state::App;

/// For whom.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct RobotQuery {
    language: Option<String>,
    kind: Option<String>,
}

/// Lists the robots of the plugins that the tenant has enabled, with what can be set and what they
/// give: all, or those for a kind of item. Always whole, without pages.
pub(in crate::http) async fn list_robots(
    State(app): App,
    caller: Caller,
    Asked(asked): Asked<RobotQuery>,
) -> Answer {
    let language = language(&app, caller.tenant(), asked.language).await?;
    let plugins = enabled(&app, caller.tenant()).await?;

    let fits = |robot: &&RobotInfo| {
        asked.kind.as_ref().is_none_or(|kind| robot.kinds.is_empty() || robot.kinds.contains(kind))
    };
    let robots = plugins.iter().flat_map(|plugin| {
        plugin.catalogue.robots.iter().filter(fits).map(move |robot| (plugin, robot))
    });

    Ok(listed(robots.map(|(plugin, robot)| view(plugin, robot, &language)).collect(), None))
}

fn view(plugin: &Plugin, robot: &RobotInfo, language: &str) -> Value {
    let name = text(&robot.name, language);
    json!({
        "plugin": plugin.id, "version": plugin.version, "robot": robot.id, "app": plugin.app,
        "name": name, "title": title(plugin, name),
        "description": text(&robot.description, language), "group": robot.group,
        "group_name": group_name(&robot.group, language), "kinds": robot.kinds,
        "settings": settings(&robot.settings, language),
        "results": results(&robot.results, language),
    })
}
