//! Reads what an answer rests on, in as few rounds as may be.

use std::collections::BTreeMap;

use super::facts::{Facts, Known, Standing, Versions};
use crate::id::TenantId;
use crate::key::Key;
use crate::model::automation::{Automation, AutomationVersion};
use crate::model::event::Decisions;
use crate::model::pauses::Pauses;
use crate::model::pipeline::Pipeline;
use crate::model::plugin::{Grant, Plugin};
use crate::model::record::{IndexEntry, Lane, Record, RecordRef};
use crate::model::run::Run;
use crate::model::tenant::Tenant;
use crate::read::{Range, Read};
use crate::refusal::{Refusal, RefusalKind};
use crate::time::Timestamp;
use crate::tx::{Halt, Tx};

/// Newest runs, and newest decisions, of an item that are looked at.
pub const NEWEST: usize = 200;

/// Reads everything.
pub(super) fn look(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    now: Timestamp,
    item: &RecordRef,
    named: &[&str],
) -> Result<Facts, Halt> {
    let mut keys =
        vec![item.key(tenant), item.lane_key(tenant), Tenant::key(tenant), Pauses::key(tenant)];
    keys.extend(named.iter().map(|id| Automation::key(tenant, id)));
    tx.want(&keys)?;

    let Some((record, _)) = tx.peek::<Record>(&item.key(tenant))? else {
        return Err(Refusal::not_found("record").into());
    };

    if record.text("pipeline").is_empty() {
        let message = format!(
            "a {} moves through no pipeline, so nothing is automated for it; ask about a lead or \
             a deal",
            item.kind
        );
        return Err(Refusal::new(RefusalKind::Invalid, "record.not-an-item", message)
            .at("record")
            .into());
    }

    // Nothing of this has to hold until a commit, as an answer writes nothing.
    let lane = tx.peek_or_default::<Lane>(&item.lane_key(tenant))?;
    let time_zone = tx
        .peek::<Tenant>(&Tenant::key(tenant))?
        .map_or_else(|| "UTC".to_owned(), |(tenant, _)| tenant.time_zone);
    let pauses = tx.peek_or_default::<Pauses>(&Pauses::key(tenant))?;

    let (pipeline, entries, decisions) = listed(tx, tenant, item, &record)?;
    let (runs, automations) = runs_and_automations(tx, tenant, &pipeline, &entries, named)?;
    let (automations, versions) = versions(tx, tenant, automations, &runs)?;
    let plugins = plugins(tx, tenant, &automations)?;

    Ok(Facts {
        now,
        time_zone,
        item: record,
        lane,
        pipeline,
        pauses,
        automations,
        runs,
        decisions,
        versions,
        plugins,
    })
}

/// The item's pipeline, and its newest runs and decisions, in one round.
fn listed(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    item: &RecordRef,
    record: &Record,
) -> Result<(Pipeline, Vec<IndexEntry>, Vec<Decisions>), Halt> {
    // A read that is not loaded ends the round (ADR 0001), so all three are asked for before any of
    // them is looked at.
    let pipeline = tx.peek::<Pipeline>(&Pipeline::key(tenant, record.text("pipeline")));
    let entries = tx.range::<IndexEntry>(&Range::last(Run::of_item(tenant, item), NEWEST));
    let decisions = tx.range::<Decisions>(&Range::last(Decisions::range(tenant, item), NEWEST));

    let mut needs = Vec::new();
    let pipeline = needed(pipeline, &mut needs)?;
    let entries = needed(entries, &mut needs)?;
    let decisions = needed(decisions, &mut needs)?;

    let (Some(pipeline), Some(entries), Some(decisions)) = (pipeline, entries, decisions) else {
        return Err(Halt::Need(needs));
    };
    let Some((pipeline, _)) = pipeline else { return Err(Refusal::not_found("pipeline").into()) };

    let values = |rows: Vec<(Key, IndexEntry)>| rows.into_iter().map(|(_, row)| row).collect();
    Ok((pipeline, values(entries), decisions.into_iter().map(|(_, row)| row).collect()))
}

/// What was found; where it has to be loaded first, that joins the other needs.
fn needed<T>(found: Result<T, Halt>, needs: &mut Vec<Read>) -> Result<Option<T>, Halt> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(Halt::Need(more)) => {
            needs.extend(more);
            Ok(None)
        }
        Err(other) => Err(other),
    }
}

/// The runs, and the drafts on every stage of the pipeline and of the `named` automations.
fn runs_and_automations(
    tx: &Tx<'_>,
    tenant: TenantId,
    pipeline: &Pipeline,
    entries: &[IndexEntry],
    named: &[&str],
) -> Result<(Vec<Run>, Vec<Automation>), Halt> {
    let run_keys: Vec<Key> = entries.iter().map(|entry| Run::key(tenant, &entry.id)).collect();
    let stage_keys: Vec<Key> = pipeline
        .stages
        .iter()
        .map(|stage| Automation::stage_key(tenant, &pipeline.id, &stage.id))
        .collect();

    tx.want(&run_keys.iter().chain(&stage_keys).cloned().collect::<Vec<_>>())?;
    let mut runs = Vec::new();
    for key in &run_keys {
        runs.extend(tx.peek::<Run>(key)?.map(|(run, _)| run));
    }

    let mut ids: Vec<String> = Vec::new();
    for key in &stage_keys {
        ids.extend(tx.peek::<IndexEntry>(key)?.map(|(entry, _)| entry.id));
    }
    ids.extend(
        named
            .iter()
            .filter(|id| !ids.iter().any(|known| known == *id))
            .map(|id| (*id).to_owned())
            .collect::<Vec<_>>(),
    );

    let keys: Vec<Key> = ids.iter().map(|id| Automation::key(tenant, id)).collect();
    tx.want(&keys)?;

    let mut automations = Vec::new();
    for key in &keys {
        automations.extend(tx.peek::<Automation>(key)?.map(|(automation, _)| automation));
    }

    Ok((runs, automations))
}

/// The published versions, and those of the runs.
fn versions(
    tx: &Tx<'_>,
    tenant: TenantId,
    drafts: Vec<Automation>,
    runs: &[Run],
) -> Result<(Vec<Standing>, Versions), Halt> {
    let published =
        drafts.iter().filter_map(|draft| draft.published.map(|number| (draft.id.clone(), number)));
    let mut wanted: Vec<(String, u32)> =
        published.chain(runs.iter().filter_map(|run| run.automation.clone())).collect();

    wanted.sort();
    wanted.dedup();

    tx.want(
        &wanted
            .iter()
            .map(|(id, number)| AutomationVersion::key(tenant, id, *number))
            .collect::<Vec<_>>(),
    )?;

    let mut versions = BTreeMap::new();
    for (id, number) in wanted {
        if let Some((version, _)) =
            tx.peek::<AutomationVersion>(&AutomationVersion::key(tenant, &id, number))?
        {
            versions.insert((id, number), version);
        }
    }

    let standing = |draft: Automation| {
        let version =
            draft.published.and_then(|number| versions.get(&(draft.id.clone(), number)).cloned());
        Standing { draft, version }
    };
    let automations = drafts.into_iter().map(standing).collect();

    Ok((automations, versions))
}

/// The plugins of everything that is configured.
fn plugins(
    tx: &Tx<'_>,
    tenant: TenantId,
    automations: &[Standing],
) -> Result<BTreeMap<String, Known>, Halt> {
    let mut ids: Vec<&str> = Vec::new();
    for standing in automations {
        for automation in
            standing.version.iter().map(|version| &version.automation).chain([&standing.draft])
        {
            ids.extend(automation.robots.iter().map(|robot| robot.plugin.as_str()));
            ids.extend(automation.triggers.iter().map(|trigger| trigger.plugin.as_str()));
        }
    }

    ids.sort_unstable();
    ids.dedup();

    tx.want(
        &ids.iter().flat_map(|id| [Plugin::key(id), Grant::key(tenant, id)]).collect::<Vec<_>>(),
    )?;

    let mut known = BTreeMap::new();
    for id in ids {
        let plugin = tx.peek::<Plugin>(&Plugin::key(id))?.map(|(plugin, _)| plugin);
        let enabled = tx.peek::<Grant>(&Grant::key(tenant, id))?.is_some();
        known.insert(id.to_owned(), Known { plugin, enabled });
    }

    Ok(known)
}
