//! Which triggers have to be asked about an event.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::call::{Call, Callees};
use super::judge::Judge;
use super::listening::{Listening, listening};
use crate::command::fetch;
use crate::condition::{Condition, Judged};
use crate::context::OpContext;
use crate::model::automation::{Bindings, TriggerSpec};
use crate::model::event::Event;
use crate::model::pauses::{Pausable, Pauses};
use crate::model::pipeline::{Pipeline, Semantics, Stage};
use crate::model::record::{Record, RecordRef};
use crate::model::tenant::Tenant;
use crate::refusal::Refusal;
use crate::tx::{Halt, Tx, together};

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
pub fn plan(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    event_id: &str,
    item: &RecordRef,
) -> Result<Vec<Ask>, Halt> {
    tx.want(&[Event::key(ctx.tenant, event_id), item.key(ctx.tenant), Tenant::key(ctx.tenant)])?;

    let event = tx.peek::<Event>(&Event::key(ctx.tenant, event_id))?;
    let (event, _) = event.ok_or_else(|| Refusal::not_found("event"))?;

    // A precondition: whatever changes the item, and so what its triggers are asked about, has it
    // decided again.
    let found = tx.get::<Record>(&item.key(ctx.tenant))?;
    let Some((record, _)) = found.filter(|(record, _)| record.deleted_at.is_none()) else {
        return Ok(Vec::new());
    };

    let Some(Published { bindings, pipeline }) = read_published(tx, ctx, record.text("pipeline"))?
    else {
        return Ok(Vec::new());
    };

    let listening = listening(tx, ctx, &bindings, &event.kind)?;
    if listening.is_empty() {
        return Ok(Vec::new());
    }

    // Neither needs the other: together they cost one round.
    let plugins = fetch::of_triggers(tx, ctx, listening.iter().map(|one| &*one.spec));
    together([plugins, tx.want(&[Pauses::key(ctx.tenant)])])?;

    let conditions: Vec<&Condition> =
        listening.iter().filter_map(|one| one.spec.condition.as_ref()).collect();
    let judge = Judge::look(tx, ctx, &event, &record, &conditions)?;

    let places =
        pipeline.stages.iter().enumerate().map(|(place, stage)| (stage.id.as_str(), place));
    let places = places.collect();

    let here = pipeline.stage(record.text("stage"));
    let callees = Callees::new(tx, ctx, &event, &record)?;
    let pauses = tx.peek_shared::<Pauses>(&Pauses::key(ctx.tenant))?;
    let pauses = pauses.map(|(pauses, _)| pauses).unwrap_or_default();

    let mut asking = Asking { places, here, pauses, judge, callees };
    let mut asks = Vec::with_capacity(listening.len());
    for one in listening {
        asks.push(asking.prepare(tx, ctx, one)?);
    }

    asks.sort_by(|a, b| (a.order, &a.name).cmp(&(b.order, &b.name)));
    Ok(asks)
}

/// What is published on a pipeline, and the pipeline itself.
struct Published {
    bindings: Arc<Bindings>,
    pipeline: Arc<Pipeline>,
}

fn read_published(tx: &mut Tx<'_>, ctx: &OpContext, id: &str) -> Result<Option<Published>, Halt> {
    let (bindings, pipeline) = (Bindings::key(ctx.tenant, id), Pipeline::key(ctx.tenant, id));
    tx.want(&[bindings.clone(), pipeline.clone()])?;

    // The bindings alone are a precondition: a pipeline that is changed at this moment counts as it
    // was before.
    let Some((bindings, _)) = tx.get_shared::<Bindings>(&bindings)? else { return Ok(None) };
    let pipeline = tx.peek_shared::<Pipeline>(&pipeline)?;
    Ok(pipeline.map(|(pipeline, _)| Published { bindings, pipeline }))
}

/// What the triggers that listen to one event have in common.
struct Asking<'p> {
    /// By stage, its place in the order.
    places: BTreeMap<&'p str, usize>,
    /// The stage that the item stands on.
    here: Option<(usize, &'p Stage)>,
    pauses: Arc<Pauses>,
    judge: Judge,
    callees: Callees,
}

impl Asking<'_> {
    /// How one of them is asked, or why it is not.
    fn prepare(&mut self, tx: &Tx<'_>, ctx: &OpContext, one: Listening<'_>) -> Result<Ask, Halt> {
        let Listening { stage, binding, spec } = one;
        let order = self.places.get(stage.as_str()).copied();
        let held = self.pauses.holding(Some(&binding.automation), &spec.plugin);
        let paused = held.as_ref().map(|by| by.reason().to_owned());

        let wrong_place = || {
            let (order, here) = order.zip(self.here)?;
            misplaced(here, (order, &stage), &spec)
        };
        let barred = paused.or_else(wrong_place);

        // A condition is judged only where nothing else stands in the way, and a call is made ready
        // only where it holds.
        let condition = spec.condition.as_ref().filter(|_| barred.is_none());
        let condition = condition.map(|condition| self.judge.judge(condition));
        let unfit = condition.as_ref().filter(|judged| !judged.holds());
        let excluded = barred.or_else(|| unfit.map(|_| "the condition does not hold".to_owned()));
        let call = match excluded {
            Some(_) => Err((String::new(), String::new())),
            None => self.callees.call(tx, ctx, &binding.automation, &spec)?,
        };

        Ok(Ask {
            name: format!("{}/{}", binding.automation, spec.id),
            version: binding.version,
            stage,
            order: order.unwrap_or(usize::MAX),
            automation: binding.automation.clone(),
            spec,
            held,
            excluded,
            condition,
            call,
        })
    }
}

/// Why a trigger on `to` cannot move an item that stands on `from`.
pub(crate) fn excluded(
    pipeline: &Pipeline,
    from: &str,
    to: &str,
    spec: &TriggerSpec,
) -> Option<String> {
    misplaced(
        pipeline.stage(from)?,
        pipeline.stage(to).map(|(order, stage)| (order, stage.id.as_str()))?,
        spec,
    )
}

/// The same with the stages and their places.
fn misplaced(
    (from_order, from): (usize, &Stage),
    (to_order, to): (usize, &str),
    spec: &TriggerSpec,
) -> Option<String> {
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
