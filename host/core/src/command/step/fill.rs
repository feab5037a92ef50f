//! What a step sees, judges and is told: its facts, its condition, its texts.

use serde_json::{Map, Value};

use super::version::version_key;
use crate::command::facts;
use crate::command::put_automation::results_of;
use crate::condition::{self, Condition, Judged};
use crate::context::OpContext;
use crate::model::automation::{AutomationVersion, RobotSpec};
use crate::model::plugin::{Plugin, RobotInfo, SettingInfo, SettingKind};
use crate::model::record::Record;
use crate::model::run::Run;
use crate::model::tenant::Tenant;
use crate::settings;
use crate::template::{self, Unfilled};
use crate::time::zone;
use crate::tx::{Halt, Tx, together};

/// What the robot's condition and texts see.
pub(super) fn facts_of(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    (run, spec): (&Run, &RobotSpec),
    item: &Record,
    tenant: &Tenant,
) -> Result<Value, Halt> {
    let looked_at = spec.condition.as_ref().map(Condition::references).unwrap_or_default();

    // Only what is referred to is read. Defaults are looked through as well, since they may be
    // templates.
    let plugin = tx.peek_shared::<Plugin>(&Plugin::key(&spec.plugin))?.map(|(plugin, _)| plugin);
    let info = plugin.as_ref().and_then(|plugin| plugin.robot(&spec.robot));
    let defaults = info
        .into_iter()
        .flat_map(|info| &info.settings)
        .filter_map(|setting| setting.default.as_ref());
    let texts: Vec<String> = spec
        .settings
        .values()
        .chain(defaults)
        .map(Value::to_string)
        .filter(|text| template::is_template(text))
        .collect();

    // A word that stands anywhere in a text counts as asked for: a read too many costs little, and
    // one that is missing would leave a place in the text empty.
    let asks = |word: &str| {
        looked_at.iter().any(|path| path.contains(word))
            || texts.iter().any(|text| text.contains(word))
    };
    let of_cause = |tx: &Tx<'_>| match ["event", "before", "after"].into_iter().any(asks) {
        true => facts::of_cause(tx, ctx, run.cause.event.as_deref()),
        false => Ok(Map::new()),
    };

    // The event and the item's surroundings do not need one another: together they cost one round.
    let parts = together([of_cause(tx), facts::of_item(tx, ctx, item, &asks)])?;
    let mut facts: Map<String, Value> =
        parts.into_iter().flatten().chain(template::locale(tenant)).collect();

    let robots =
        run.steps.iter().map(|step| (step.id.clone(), Value::Object(step.results.clone())));
    facts.insert("robots".into(), Value::Object(robots.collect()));
    Ok(Value::Object(facts))
}

/// The robot's condition as it stands now, if it has one.
pub(super) fn judged(
    tx: &Tx<'_>,
    ctx: &OpContext,
    (run, spec): (&Run, &RobotSpec),
    seen: &Value,
    tenant: &Tenant,
) -> Result<Option<Judged>, Halt> {
    let Some(condition) = &spec.condition else { return Ok(None) };
    let looked_at = condition.references();

    // Only robots that the condition names: the plugin of each is read.
    let version = tx.peek_shared::<AutomationVersion>(&version_key(ctx, run))?;
    let mut robots =
        version.map(|(version, _)| version.automation.robots.clone()).unwrap_or_default();
    robots.retain(|robot| {
        looked_at.iter().any(|path| path.starts_with(&format!("robots.{}.", robot.id)))
    });

    let known =
        facts::vocabulary_for(tx, ctx, &run.item.kind, results_of(tx, &robots)?, &looked_at)?;
    Ok(Some(condition::judge(condition, seen, &known, zone(&tenant.time_zone)?)))
}

/// The settings with defaults, templates rendered; else which setting has no text, and why.
pub(super) fn fill_in(
    info: &RobotInfo,
    spec: &RobotSpec,
    facts: &Value,
) -> Result<Map<String, Value>, (String, Unfilled)> {
    let mut filled = settings::with_defaults(&info.settings, &spec.settings);

    let is_template = |setting: &&SettingInfo| setting.kind.is(SettingKind::Template);
    for setting in info.settings.iter().filter(is_template) {
        if let Some(value) = filled.get_mut(&setting.key) {
            *value = rendered(value, facts).map_err(|why| (setting.key.clone(), why))?;
        }
    }

    Ok(filled)
}

fn rendered(value: &Value, facts: &Value) -> Result<Value, Unfilled> {
    match value {
        Value::String(text) => template::render(text, facts).map(Value::String),
        Value::Array(list) => list
            .iter()
            .map(|value| rendered(value, facts))
            .collect::<Result<_, _>>()
            .map(Value::Array),
        other => Ok(other.clone()),
    }
}
