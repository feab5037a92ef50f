//! Asks at once for what checking or calling many plugins reads: a stage may have more robots than a decision has rounds.

use serde_json::{Map, Value};

use crate::context::OpContext;
use crate::key::Key;
use crate::model::automation::{Automation, TriggerSpec};
use crate::model::channel::{Channel, Line};
use crate::model::plugin::{Grant, Plugin, SettingInfo};
use crate::model::record::RecordRef;
use crate::tx::{Halt, Tx};

/// Everything that the robots and triggers of an automation name: plugins, then what their settings lead to.
///
/// # Errors
/// What reading may say.
pub(super) fn of_automation(tx: &Tx<'_>, ctx: &OpContext, automation: &Automation) -> Result<(), Halt> {
    let robots = automation.robots.iter().map(|robot| robot.plugin.as_str());
    plugins(tx, ctx, robots.chain(automation.triggers.iter().map(|trigger| trigger.plugin.as_str())))?;
    let mut keys = Vec::new();
    for robot in &automation.robots {
        let plugin = tx.peek::<Plugin>(&Plugin::key(&robot.plugin))?.map(|(plugin, _)| plugin);
        let info = plugin.and_then(|plugin| plugin.catalogue.robots.into_iter().find(|info| info.id == robot.robot));
        keys.extend(info.map(|info| links(ctx, &info.settings, &robot.settings)).unwrap_or_default());
    }
    for trigger in &automation.triggers {
        let plugin = tx.peek::<Plugin>(&Plugin::key(&trigger.plugin))?.map(|(plugin, _)| plugin);
        let info = plugin.and_then(|plugin| plugin.catalogue.triggers.into_iter().find(|info| info.id == trigger.trigger));
        keys.extend(info.map(|info| links(ctx, &info.settings, &trigger.settings)).unwrap_or_default());
    }
    tx.want(&keys)
}

/// The plugins of triggers that are to be asked.
///
/// # Errors
/// What reading may say.
pub(super) fn of_triggers<'a>(tx: &Tx<'_>, ctx: &OpContext, triggers: impl Iterator<Item = &'a TriggerSpec>) -> Result<(), Halt> {
    plugins(tx, ctx, triggers.map(|trigger| trigger.plugin.as_str()))
}

fn plugins<'a>(tx: &Tx<'_>, ctx: &OpContext, ids: impl Iterator<Item = &'a str>) -> Result<(), Halt> {
    tx.want(&ids.flat_map(|id| [Plugin::key(id), Grant::key(ctx.tenant, id)]).collect::<Vec<_>>())
}

/// The rows that settings lead to.
fn links(ctx: &OpContext, infos: &[SettingInfo], values: &Map<String, Value>) -> Vec<Key> {
    let key = |info: &SettingInfo| {
        let text = values.get(&info.key).and_then(Value::as_str).filter(|text| !text.is_empty())?;
        match info.kind.as_str() {
            "line" => Some(Line::key(ctx.tenant, text)),
            "channel" => Some(Channel::key(ctx.tenant, text)),
            "user" => Some(RecordRef::new("user", text).key(ctx.tenant)),
            "who" => text.strip_prefix("user:").map(|id| RecordRef::new("user", id).key(ctx.tenant)),
            _ => None,
        }
    };
    infos.iter().filter_map(key).collect()
}
