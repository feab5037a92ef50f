//! `/v1/robots`: robots, which there are, and running one now.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use stagewright_core::command::invoke_robot;
use stagewright_core::model::plugin::{Plugin, RobotInfo};

use super::answer::{Answer, Created, Json};
use super::auth::Caller;
use super::body::{Body, RecordName};
use super::catalogue::{CatalogueQuery, ResultView, SettingView, enabled, group_name, text, title};
use super::context::Call;
use super::page::Items;
use super::params::{Asked, Ids};
use super::runs::RunView;
use super::state::App;

/// On what to run a robot, and how.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct InvokeBody {
    /// The item.
    record: RecordName,
    /// The robot's settings.
    #[serde(default)]
    settings: Map<String, Value>,
    /// In whose name.
    on_behalf_of: Option<String>,
}

/// A robot as people see it, in their language.
#[derive(Debug, Serialize)]
pub(super) struct RobotView {
    plugin: String,
    version: String,
    robot: String,
    app: String,
    name: String,
    /// The name with the app's before it.
    title: String,
    description: String,
    group: String,
    group_name: String,
    kinds: Vec<String>,
    settings: Vec<SettingView>,
    results: Vec<ResultView>,
}

impl RobotView {
    fn of(plugin: &Plugin, robot: &RobotInfo, language: &str) -> Self {
        let RobotInfo { id, name, description, group, kinds, settings, results } = robot;
        let name = text(name, language);

        Self {
            plugin: plugin.id.clone(),
            version: plugin.version.clone(),
            robot: id.clone(),
            app: plugin.app.clone(),
            title: title(plugin, &name),
            name,
            description: text(description, language),
            group: group.clone(),
            group_name: group_name(group, language),
            kinds: kinds.clone(),
            settings: settings.iter().map(|info| SettingView::of(info, language)).collect(),
            results: results.iter().map(|info| ResultView::of(info, language)).collect(),
        }
    }
}

/// `GET /v1/robots`: lists the robots of the plugins that the tenant has enabled, with what can be
/// set and what they give: all, or those for a kind of item. Always whole, without pages.
pub(super) async fn list_robots(
    State(app): App,
    caller: Caller,
    Asked(asked): Asked<CatalogueQuery>,
) -> Answer<Items<RobotView>> {
    let language = asked.language(&app, caller.tenant()).await?;
    let plugins = enabled(&app, caller.tenant()).await?;

    let offered = |plugin: &Plugin| {
        let robots = plugin.catalogue.robots.iter().filter(|robot| asked.fits(&robot.kinds));
        robots.map(|robot| RobotView::of(plugin, robot, &language)).collect::<Vec<_>>()
    };
    Ok(Items::new(plugins.iter().flat_map(offered), None))
}

/// `POST /v1/robots/{plugin}/{robot}/invoke`: runs one robot now on one item, without a stage.
/// Answers 202 with the run, which goes on.
pub(super) async fn invoke_robot(
    State(app): App,
    call: Call,
    Ids((plugin, robot)): Ids<(String, String)>,
    Body { value, raw }: Body<InvokeBody>,
) -> Answer<Created<RunView>> {
    let InvokeBody { record, settings, on_behalf_of } = value;
    let item = record.into();

    let answer = call.answer(&app, &raw, call.wishes(None, on_behalf_of)?, |tx, ctx| {
        let run = invoke_robot::decide(tx, ctx, &plugin, &robot, &item, &settings)?;
        Ok(Json::accepted(&RunView::of(run)))
    });

    // The run's id is read from the answer, which may be that of a receipt.
    let answer = answer.await?;
    let id = answer.body().get("id").and_then(Value::as_str).unwrap_or_default();
    let path = format!("/v1/runs/{id}");
    Ok(answer.at(path))
}
