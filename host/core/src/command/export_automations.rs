//! Gathers what stands on a pipeline, as [`super::import_automations`] takes it.

use std::collections::{BTreeMap, BTreeSet};

use super::import_automations::Import;
use super::setting_links;
use crate::id::TenantId;
use crate::model::automation::Automation;
use crate::model::calendar::Calendar;
use crate::model::pipeline::Pipeline;
use crate::model::plugin::Plugin;
use crate::model::record::IndexEntry;
use crate::refusal::Refusal;
use crate::row::Row;
use crate::tx::{Halt, Tx};

/// A pipeline, the calendars that its robots and triggers may count by, and the drafts of its
/// automations. Other calendars belong to lines and people. A calendar that is not there is left
/// out.
///
/// # Errors
/// `not-found`, and what reading may say.
pub fn look(tx: &mut Tx<'_>, tenant: TenantId, pipeline: &str) -> Result<Import, Halt> {
    let found = tx.peek::<Pipeline>(&Pipeline::key(tenant, pipeline))?;
    let (pipeline, _) = found.ok_or_else(|| Refusal::not_found(Pipeline::NAME))?;

    let stages: Vec<_> = pipeline
        .stages
        .iter()
        .map(|stage| Automation::stage_key(tenant, &pipeline.id, &stage.id))
        .collect();
    let entries = all::<IndexEntry>(tx, &stages)?;

    let keys: Vec<_> = entries.iter().map(|entry| Automation::key(tenant, &entry.id)).collect();
    let automations = all::<Automation>(tx, &keys)?;

    let plugins = plugins(tx, &automations)?;
    let keys: Vec<_> =
        calendars(&automations, &plugins).iter().map(|id| Calendar::key(tenant, id)).collect();
    let calendars = all::<Calendar>(tx, &keys)?;

    Ok(Import { pipeline, calendars, automations })
}

/// Those of several rows that are there, in order.
fn all<T: Row>(tx: &Tx<'_>, keys: &[crate::key::Key]) -> Result<Vec<T>, Halt> {
    tx.want(keys)?;
    let found = keys.iter().map(|key| Ok(tx.peek::<T>(key)?.map(|(row, _)| row)));
    Ok(found.collect::<Result<Vec<_>, Halt>>()?.into_iter().flatten().collect())
}

/// The plugins of automations that are installed, by id.
fn plugins(tx: &Tx<'_>, automations: &[Automation]) -> Result<BTreeMap<String, Plugin>, Halt> {
    let robots =
        automations.iter().flat_map(|automation| &automation.robots).map(|robot| &robot.plugin);
    let triggers = automations
        .iter()
        .flat_map(|automation| &automation.triggers)
        .map(|trigger| &trigger.plugin);

    let ids: BTreeSet<&String> = robots.chain(triggers).collect();
    let found = all::<Plugin>(tx, &ids.into_iter().map(|id| Plugin::key(id)).collect::<Vec<_>>())?;
    Ok(found.into_iter().map(|plugin| (plugin.id.clone(), plugin)).collect())
}

/// The ids of the calendars that robots and triggers may count by: in their times, and in settings
/// that their plugins describe as calendars.
fn calendars(automations: &[Automation], plugins: &BTreeMap<String, Plugin>) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();

    for robot in automations.iter().flat_map(|automation| &automation.robots) {
        ids.extend(robot.working_time.iter().map(|rule| rule.fixed_calendar().to_owned()));
        let info = plugins.get(&robot.plugin).and_then(|plugin| plugin.robot(&robot.robot));
        ids.extend(
            info.map(|info| setting_links::calendars(&info.settings, &robot.settings))
                .unwrap_or_default(),
        );
    }

    for trigger in automations.iter().flat_map(|automation| &automation.triggers) {
        let info = plugins.get(&trigger.plugin).and_then(|plugin| plugin.trigger(&trigger.trigger));

        ids.extend(
            info.map(|info| setting_links::calendars(&info.settings, &trigger.settings))
                .unwrap_or_default(),
        );
    }
    ids
}
