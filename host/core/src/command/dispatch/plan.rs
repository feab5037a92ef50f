//! Which triggers have to be asked about an event.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::call::{Build, CallContext};
use crate::command::step::build_of;
use crate::command::{facts, fetch, tenant};
use crate::condition::{self, Condition, Judged};
use crate::context::OpContext;
use crate::model::automation::{AutomationVersion, Bindings, TriggerSpec};
use crate::model::event::Event;
use crate::model::pauses::Pauses;
use crate::model::pipeline::{Pipeline, Semantics};
use crate::model::plugin::{Grant, Plugin};
use crate::model::record::{Record, RecordRef};
use crate::refusal::Refusal;
use crate::settings;
use crate::tx::{Halt, Tx};
use crate::vocabulary::{Results, Vocabulary};
use crate::working_time;

/// A trigger that may have something to say about the event.
#[derive(Clone, Debug)]
pub struct Ask {
    /// `automation/trigger`.
    pub name: String,
    /// The version it was read from.
    pub version: u32,
    /// The stage it moves to.
    pub stage: String,
    /// That stage's place in the order.
    pub order: usize,
    /// The automation.
    pub automation: String,
    /// The trigger.
    pub spec: TriggerSpec,
    /// Why it cannot apply whatever it would say.
    pub excluded: Option<String>,
    /// Its condition as it was judged, unless it was excluded before that.
    pub condition: Option<Judged>,
    /// The call, unless it is excluded or cannot be called: then why, as code and sentence.
    pub call: Result<Box<Call>, (String, String)>,
}

/// What a trigger is called with.
#[derive(Clone, Debug)]
pub struct Call {
    /// What is called.
    pub build: Build,
    /// What it is told.
    pub context: CallContext,
    /// What the tenant granted.
    pub grant: Grant,
    /// The event as the contract describes it.
    pub event: Value,
}

/// The triggers of the item's pipeline that want to see this kind of event, in stage order.
///
/// # Errors
/// What reading may say.
pub fn plan(tx: &mut Tx<'_>, ctx: &OpContext, event_id: &str, item: &RecordRef) -> Result<Vec<Ask>, Halt> {
    tx.want(&[Event::key(ctx.tenant, event_id), item.key(ctx.tenant)])?;
    let (event, _) = tx.peek::<Event>(&Event::key(ctx.tenant, event_id))?.ok_or_else(|| Refusal::not_found("event"))?;
    let found = tx.get::<Record>(&item.key(ctx.tenant))?;
    let Some((record, _)) = found.filter(|(record, _)| record.deleted_at.is_none()) else { return Ok(Vec::new()) };
    let pipeline = record.text("pipeline").to_owned();
    tx.want(&[Bindings::key(ctx.tenant, &pipeline), Pipeline::key(ctx.tenant, &pipeline)])?;
    let Some((bindings, _)) = tx.get::<Bindings>(&Bindings::key(ctx.tenant, &pipeline))? else { return Ok(Vec::new()) };
    let Some((pipeline, _)) = tx.peek::<Pipeline>(&Pipeline::key(ctx.tenant, &pipeline))? else { return Ok(Vec::new()) };
    let listening: Vec<_> = bindings.stages.values().filter(|binding| binding.trigger_events.contains(&event.kind)).collect();
    let mut keys: Vec<_> = listening.iter().map(|b| AutomationVersion::key(ctx.tenant, &b.automation, b.version)).collect();
    if !keys.is_empty() {
        keys.push(Pauses::key(ctx.tenant));
        tx.want(&keys)?;
    }
    let pauses = if keys.is_empty() { None } else { tx.peek::<Pauses>(&Pauses::key(ctx.tenant))? };
    let pauses = pauses.map(|(pauses, _)| pauses).unwrap_or_default();
    let mut versions = Vec::new();
    for binding in listening {
        let key = AutomationVersion::key(ctx.tenant, &binding.automation, binding.version);
        versions.extend(tx.peek::<AutomationVersion>(&key)?.map(|(version, _)| version));
    }
    let listening: Vec<(&AutomationVersion, &TriggerSpec)> = versions
        .iter()
        .flat_map(|version| version.automation.triggers.iter().map(move |spec| (version, spec)))
        .filter(|(version, spec)| version.trigger_events.get(&spec.id).is_some_and(|kinds| kinds.contains(&event.kind)))
        .collect();
    fetch::of_triggers(tx, ctx, listening.iter().map(|(_, spec)| *spec))?;
    let conditions: Vec<&Condition> = listening.iter().filter_map(|(_, spec)| spec.condition.as_ref()).collect();
    let judge = judging(tx, ctx, &event, &record, &conditions)?;
    let mut asks = Vec::new();
    for (version, spec) in listening {
        let paused = pauses.holding(Some(&version.automation.id), &spec.plugin).map(|by| by.reason().to_owned());
        asks.push(ask(tx, ctx, (&event, &record, &pipeline), (version, spec, paused), &judge)?);
    }
    asks.sort_by(|a, b| (a.order, &a.name).cmp(&(b.order, &b.name)));
    Ok(asks)
}

/// Reads what the conditions look at, for all of them at once, and gives what judges each.
fn judging(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    event: &Event,
    item: &Record,
    conditions: &[&Condition],
) -> Result<impl Fn(&Condition) -> Judged + use<>, Halt> {
    let looked_at: BTreeSet<&str> = conditions.iter().flat_map(|condition| condition.references()).collect();
    let (mut facts, mut known, mut zone) = (Map::new(), Vocabulary::default(), chrono_tz::UTC);
    if !looked_at.is_empty() {
        facts = facts::of_item(tx, ctx, item, &|word| looked_at.iter().any(|path| path.contains(word)))?;
        facts.extend(facts::of_event(event));
        known = facts::vocabulary_for(tx, ctx, &item.key.kind, Results::new(), &looked_at)?;
        zone = working_time::zone(&tenant(tx, ctx)?.time_zone)?;
    }
    let facts = Value::Object(facts);
    Ok(move |condition: &Condition| condition::judge(condition, &facts, &known, zone))
}

fn ask(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    (event, item, pipeline): (&Event, &Record, &Pipeline),
    (version, spec, paused): (&AutomationVersion, &TriggerSpec, Option<String>),
    judge: &impl Fn(&Condition) -> Judged,
) -> Result<Ask, Halt> {
    let stage = version.automation.stage.clone();
    let order = pipeline.stage(&stage).map_or(usize::MAX, |(order, _)| order);
    let misplaced = paused.or_else(|| excluded(pipeline, item.text("stage"), &stage, spec));
    let condition = spec.condition.as_ref().filter(|_| misplaced.is_none()).map(judge);
    let unfit = condition.as_ref().filter(|judged| !judged.holds()).map(|_| "the condition does not hold".to_owned());
    let excluded = misplaced.or(unfit);
    let call = match excluded {
        Some(_) => Err((String::new(), String::new())),
        None => call(tx, ctx, event, item, &version.automation.id, spec)?,
    };
    Ok(Ask {
        name: format!("{}/{}", version.automation.id, spec.id),
        version: version.version,
        order,
        automation: version.automation.id.clone(),
        spec: spec.clone(),
        stage,
        excluded,
        condition,
        call,
    })
}

/// Why a trigger on `to` cannot move an item that stands on `from`.
pub(crate) fn excluded(pipeline: &Pipeline, from: &str, to: &str, spec: &TriggerSpec) -> Option<String> {
    let (to_order, _) = pipeline.stage(to)?;
    let (from_order, from_stage) = pipeline.stage(from)?;
    if from == to {
        return Some(format!("the item stands on {to} already"));
    }
    if from_stage.semantics != Semantics::InProgress && !spec.allow_reopen {
        return Some(format!("{from} is a final stage and allow_reopen is off"));
    }
    if to_order < from_order && !spec.allow_back_move {
        return Some(format!("{to} comes before {from} and allow_back_move is off"));
    }
    None
}

fn call(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    event: &Event,
    item: &Record,
    automation: &str,
    spec: &TriggerSpec,
) -> Result<Result<Box<Call>, (String, String)>, Halt> {
    tx.want(&[Plugin::key(&spec.plugin), Grant::key(ctx.tenant, &spec.plugin)])?;
    let missing = |code: &str, message: String| Ok(Err((code.to_owned(), message)));
    let Some((plugin, _)) = tx.peek::<Plugin>(&Plugin::key(&spec.plugin))? else {
        return missing("plugin.missing", format!("plugin `{}` is not installed; install its bundle", spec.plugin));
    };
    let Some(info) = plugin.catalogue.triggers.iter().find(|trigger| trigger.id == spec.trigger) else {
        return missing("plugin.no-such-trigger", format!("`{}` has no trigger `{}`", spec.plugin, spec.trigger));
    };
    let Some((grant, _)) = tx.peek::<Grant>(&Grant::key(ctx.tenant, &spec.plugin))? else {
        return missing("plugin.not-enabled", format!("this tenant has not enabled `{}`", spec.plugin));
    };
    let tenant = tenant(tx, ctx)?;
    let settings: Map<String, Value> = settings::with_defaults(&info.settings, &spec.settings);
    let context = CallContext {
        step_id: format!("{}/{automation}/{}/{}", event.id, spec.id, item.key.id),
        attempt: 1,
        offer: spec.trigger.clone(),
        target: Some(item.key.clone()),
        settings,
        now: ctx.now,
        time_zone: tenant.time_zone,
        language: tenant.language,
    };
    let build = build_of(&plugin, plugin.limits.trigger);
    Ok(Ok(Box::new(Call { build, context, grant, event: event.view() })))
}
