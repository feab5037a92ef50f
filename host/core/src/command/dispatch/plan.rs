//! Which triggers have to be asked about an event.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Map, Value};

use super::call::{Call, Callees};
use crate::command::{facts, fetch, tenant};
use crate::condition::{self, Condition, Judged};
use crate::context::OpContext;
use crate::model::automation::{AutomationVersion, Binding, Bindings, Listener, TriggerSpec};
use crate::model::event::Event;
use crate::model::pauses::{Pausable, Pauses};
use crate::model::pipeline::{Pipeline, Semantics, Stage};
use crate::model::record::{Record, RecordRef};
use crate::model::tenant::Tenant;
use crate::refusal::Refusal;
use crate::tx::{Halt, Tx, together};
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
    pub spec: Arc<TriggerSpec>,
    /// What holds it back, if anything is paused.
    pub held: Option<Pausable>,
    /// Why it cannot apply whatever it would say.
    pub excluded: Option<String>,
    /// Its condition as it was judged, unless it was excluded before that.
    pub condition: Option<Judged>,
    /// The call, unless it is excluded or cannot be called: then why, as code and sentence.
    pub call: Result<Call, (String, String)>,
}

/// The triggers of the item's pipeline that want to see this kind of event, in stage order.
///
/// # Errors
/// What reading may say.
pub fn plan(tx: &mut Tx<'_>, ctx: &OpContext, event_id: &str, item: &RecordRef) -> Result<Vec<Ask>, Halt> {
    tx.want(&[Event::key(ctx.tenant, event_id), item.key(ctx.tenant), Tenant::key(ctx.tenant)])?;
    let (event, _) = tx.peek::<Event>(&Event::key(ctx.tenant, event_id))?.ok_or_else(|| Refusal::not_found("event"))?;
    let found = tx.get::<Record>(&item.key(ctx.tenant))?;
    let Some((record, _)) = found.filter(|(record, _)| record.deleted_at.is_none()) else { return Ok(Vec::new()) };
    let pipeline = record.text("pipeline").to_owned();
    tx.want(&[Bindings::key(ctx.tenant, &pipeline), Pipeline::key(ctx.tenant, &pipeline)])?;
    let Some((bindings, _)) = tx.get_shared::<Bindings>(&Bindings::key(ctx.tenant, &pipeline))? else { return Ok(Vec::new()) };
    let Some((pipeline, _)) = tx.peek_shared::<Pipeline>(&Pipeline::key(ctx.tenant, &pipeline))? else { return Ok(Vec::new()) };
    let listening = listening(tx, ctx, &bindings, &event.kind)?;
    if listening.is_empty() {
        return Ok(Vec::new());
    }
    let plugins = fetch::of_triggers(tx, ctx, listening.iter().map(|(.., spec)| &**spec));
    together([plugins, tx.want(&[Pauses::key(ctx.tenant)])])?;
    let conditions: Vec<&Condition> = listening.iter().filter_map(|(_, _, spec)| spec.condition.as_ref()).collect();
    let judge = judging(tx, ctx, &event, &record, &conditions)?;
    let places: BTreeMap<&str, usize> =
        pipeline.stages.iter().enumerate().map(|(place, stage)| (stage.id.as_str(), place)).collect();
    let here = pipeline.stage(record.text("stage"));
    let mut callees = Callees::new(tx, ctx, &event, &record)?;
    let pauses = tx.peek_shared::<Pauses>(&Pauses::key(ctx.tenant))?.map(|(pauses, _)| pauses).unwrap_or_default();
    let mut asks = Vec::with_capacity(listening.len());
    for (stage, binding, spec) in listening {
        let order = places.get(stage.as_str()).copied();
        let held = pauses.holding(Some(&binding.automation), &spec.plugin);
        let paused = held.as_ref().map(|by| by.reason().to_owned());
        let barred = paused.or_else(|| order.zip(here).and_then(|(order, here)| misplaced(here, (order, &stage), &spec)));
        let condition = spec.condition.as_ref().filter(|_| barred.is_none()).map(&judge);
        let unfit = condition.as_ref().filter(|judged| !judged.holds()).map(|_| "the condition does not hold".to_owned());
        let excluded = barred.or(unfit);
        let name = format!("{}/{}", binding.automation, spec.id);
        let call = match excluded {
            Some(_) => Err((String::new(), String::new())),
            None => callees.call(tx, ctx, &binding.automation, &spec)?,
        };
        let (order, version, automation) = (order.unwrap_or(usize::MAX), binding.version, binding.automation.clone());
        asks.push(Ask { name, version, stage, order, automation, spec, held, excluded, condition, call });
    }
    asks.sort_by(|a, b| (a.order, &a.name).cmp(&(b.order, &b.name)));
    Ok(asks)
}

/// A trigger with its stage and that stage's automation.
pub(crate) type Listening<'b> = (String, &'b Binding, Arc<TriggerSpec>);

/// The published triggers of a pipeline that listen to a kind of event.
///
/// # Errors
/// What reading may say.
pub(crate) fn listening<'b>(tx: &Tx<'_>, ctx: &OpContext, bindings: &'b Bindings, kind: &str) -> Result<Vec<Listening<'b>>, Halt> {
    let bound: Vec<_> =
        bindings.stages.iter().filter(|(_, bound)| bound.trigger_events.iter().any(|event| event == kind)).collect();
    let key = |bound: &Binding| AutomationVersion::key(ctx.tenant, &bound.automation, bound.version);
    tx.want(&bound.iter().filter(|(_, bound)| bound.triggers.is_empty()).map(|(_, bound)| key(bound)).collect::<Vec<_>>())?;
    let mut found = Vec::new();
    for (stage, bound) in bound {
        let mut add = |listeners: &[Listener]| {
            let listeners = listeners.iter().filter(|listener| listener.events.iter().any(|event| event == kind));
            found.extend(listeners.map(|listener| (stage.clone(), bound, Arc::clone(&listener.spec))));
        };
        match bound.triggers.is_empty() {
            false => add(&bound.triggers),
            true => {
                let version = tx.peek_shared::<AutomationVersion>(&key(bound))?;
                add(&version.map(|(version, _)| version.listeners()).unwrap_or_default());
            }
        }
    }
    Ok(found)
}

/// Reads what the conditions look at, for all of them at once, and gives what judges each.
fn judging(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    event: &Event,
    item: &Record,
    conditions: &[&Condition],
) -> Result<impl Fn(&Condition) -> Judged + use<>, Halt> {
    let mut looked_at = BTreeSet::new();
    for condition in conditions {
        condition.each_reference(&mut |path| {
            looked_at.insert(path);
        });
    }
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

/// Why a trigger on `to` cannot move an item that stands on `from`.
pub(crate) fn excluded(pipeline: &Pipeline, from: &str, to: &str, spec: &TriggerSpec) -> Option<String> {
    misplaced(pipeline.stage(from)?, pipeline.stage(to).map(|(order, stage)| (order, stage.id.as_str()))?, spec)
}

/// The same with the stages and their places.
fn misplaced((from_order, from): (usize, &Stage), (to_order, to): (usize, &str), spec: &TriggerSpec) -> Option<String> {
    if from.id == to {
        return Some(format!("the item stands on {to} already"));
    }
    if from.semantics != Semantics::InProgress && !spec.allow_reopen {
        return Some(format!("{} is a final stage and allow_reopen is off", from.id));
    }
    if to_order < from_order && !spec.allow_back_move {
        return Some(format!("{to} comes before {} and allow_back_move is off", from.id));
    }
    None
}
