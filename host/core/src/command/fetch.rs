//! Asks at once for what checking or calling many plugins reads: a stage may have more robots than
//! a decision has rounds.

use crate::schema::built_in;
use std::collections::BTreeSet;

use super::calendars::calendar_id;
use super::setting_links::{self, Place};
use crate::context::OpContext;
use crate::key::Key;
use crate::model::automation::{Automation, Bindings, RobotSpec, TriggerSpec};
use crate::model::calendar::Calendar;
use crate::model::conversation::Conversation;
use crate::model::kind::Kind;
use crate::model::pipeline::Pipeline;
use crate::model::plugin::{Grant, Plugin};
use crate::model::record::{Record, RecordRef};
use crate::settings::user_of;
use crate::tx::{Halt, Tx};

/// Everything that the robots and triggers of an automation name: plugins, then what their settings
/// lead to.
///
/// # Errors
/// What reading may say.
pub(super) fn of_automation(
    tx: &Tx<'_>,
    ctx: &OpContext,
    automation: &Automation,
) -> Result<(), Halt> {
    let robots = automation.robots.iter().map(|robot| robot.plugin.as_str());
    let triggers = automation.triggers.iter().map(|trigger| trigger.plugin.as_str());
    let mut keys = plugins(ctx, robots.chain(triggers));
    keys.extend(
        [automation.kind.as_str(), built_in::CONTACT, built_in::COMPANY]
            .map(|kind| Kind::key(ctx.tenant, kind)),
    );
    tx.want(&keys)?;

    // Which rows the settings lead to is known only from the plugins: that is the second round.
    let place = Place { kind: &automation.kind, pipeline: &automation.pipeline };
    let mut keys = Vec::new();
    for robot in &automation.robots {
        let plugin = tx.peek::<Plugin>(&Plugin::key(&robot.plugin))?.map(|(plugin, _)| plugin);
        let info = plugin.as_ref().and_then(|plugin| plugin.robot(&robot.robot));
        keys.extend(
            info.map(|info| setting_links::keys(ctx, &info.settings, &robot.settings, place))
                .unwrap_or_default(),
        );
    }

    for trigger in &automation.triggers {
        let mover = trigger.move_as.as_deref().and_then(user_of);
        keys.extend(mover.map(|id| RecordRef::new(built_in::USER, id).key(ctx.tenant)));
        let plugin = tx.peek::<Plugin>(&Plugin::key(&trigger.plugin))?.map(|(plugin, _)| plugin);
        let info = plugin.as_ref().and_then(|plugin| plugin.trigger(&trigger.trigger));
        keys.extend(
            info.map(|info| setting_links::keys(ctx, &info.settings, &trigger.settings, place))
                .unwrap_or_default(),
        );
    }

    let rules = automation.robots.iter().filter_map(|robot| robot.working_time.as_ref());
    keys.extend(rules.map(|rule| Calendar::key(ctx.tenant, rule.fixed_calendar())));
    tx.want(&keys)
}

/// What an item's automation is found by, and whom and what its calendars hang on: each in as few
/// rounds as may be, since a dispatch needs most of those that a decision has.
///
/// # Errors
/// What reading may say.
pub(super) fn around_item(tx: &Tx<'_>, ctx: &OpContext, item: &Record) -> Result<(), Halt> {
    let pipeline = item.text("pipeline");
    let mut keys = vec![Bindings::key(ctx.tenant, pipeline), Pipeline::key(ctx.tenant, pipeline)];

    let some = |field: &str| Some(item.text(field)).filter(|text| !text.is_empty());
    keys.extend(some("conversation").map(|id| Conversation::key(ctx.tenant, id)));
    keys.extend(some("responsible").map(|id| RecordRef::new(built_in::USER, id).key(ctx.tenant)));
    tx.want(&keys)
}

/// The calendars that robots may count by for an item whose surroundings are there.
///
/// # Errors
/// What reading may say.
pub(super) fn calendars(
    tx: &Tx<'_>,
    ctx: &OpContext,
    robots: &[RobotSpec],
    item: &Record,
) -> Result<(), Halt> {
    let rules = robots.iter().filter_map(|robot| robot.working_time.as_ref());
    let keys = rules.map(|rule| Ok(Calendar::key(ctx.tenant, &calendar_id(tx, ctx, rule, item)?)));
    tx.want(&keys.collect::<Result<Vec<_>, Halt>>()?)
}

/// The plugins of triggers that are to be asked.
///
/// # Errors
/// What reading may say.
pub(super) fn of_triggers<'a>(
    tx: &Tx<'_>,
    ctx: &OpContext,
    triggers: impl Iterator<Item = &'a TriggerSpec>,
) -> Result<(), Halt> {
    tx.want(&plugins(ctx, triggers.map(|trigger| trigger.plugin.as_str())))
}

fn plugins<'a>(ctx: &OpContext, ids: impl Iterator<Item = &'a str>) -> Vec<Key> {
    let ids: BTreeSet<&str> = ids.collect();
    ids.into_iter().flat_map(|id| [Plugin::key(id), Grant::key(ctx.tenant, id)]).collect()
}
