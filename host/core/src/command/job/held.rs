//! Pauses: what is paused holds back what it would do; resuming lets go, entry by entry.

use super::page::One;
use super::start::start;
use crate::command::idle;
use crate::command::runs::{keep, set_time};
use crate::command::schedule::Timing;
use crate::command::send_message::put_due;
use crate::context::OpContext;
use crate::model::automation::Automation;
use crate::model::delivery::{Delivery, DeliveryState};
use crate::model::job::{Job, Work};
use crate::model::pauses::{Held, Pausable, Pause, Pauses};
use crate::model::plugin::Plugin;
use crate::model::record::{IndexEntry, Lane};
use crate::model::run::{Run, Step, StepState};
use crate::tx::{Halt, Tx};

/// Pauses something: what it would do from now on waits, and what is under way is finished. Gives
/// what is paused then; pausing again changes nothing.
///
/// # Errors
/// `not-found`.
pub fn pause(tx: &mut Tx<'_>, ctx: &OpContext, what: &Pausable) -> Result<Pauses, Halt> {
    tx.want(&[Pauses::key(ctx.tenant)])?;
    match what {
        Pausable::Automation(id) => {
            drop(tx.require::<Automation>(&Automation::key(ctx.tenant, id))?);
        }
        Pausable::Plugin(id) => drop(tx.require::<Plugin>(&Plugin::key(id))?),
        Pausable::Sending => {}
    }

    let mut pauses = tx.get_or_default::<Pauses>(&Pauses::key(ctx.tenant))?;
    let pause = Pause { since: ctx.now, by: ctx.doer() };
    let before = pauses.clone();

    match what {
        Pausable::Automation(id) => drop(pauses.automations.entry(id.clone()).or_insert(pause)),
        Pausable::Plugin(id) => drop(pauses.plugins.entry(id.clone()).or_insert(pause)),
        Pausable::Sending => drop(pauses.sending.get_or_insert(pause)),
    }

    if pauses != before {
        tx.put(Pauses::key(ctx.tenant), &pauses)?;
    }

    Ok(pauses)
}

/// Resumes something: a job lets what was held back go on. Gives the job; nothing where it was not
/// paused.
///
/// # Errors
/// What reading may say.
pub fn resume(tx: &mut Tx<'_>, ctx: &OpContext, what: &Pausable) -> Result<Option<Job>, Halt> {
    let mut pauses = tx.get_or_default::<Pauses>(&Pauses::key(ctx.tenant))?;
    let was = match what {
        Pausable::Automation(id) => pauses.automations.remove(id),
        Pausable::Plugin(id) => pauses.plugins.remove(id),
        Pausable::Sending => pauses.sending.take(),
    };

    if was.is_none() {
        return Ok(None);
    }

    // One commit with the job's start: what finds itself paused at this moment conflicts with it,
    // so everything that waits is in the index before the job goes through it.
    tx.put(Pauses::key(ctx.tenant), &pauses)?;
    let id = format!("resume.{}.{}", what.word(), what.id());
    Ok(Some(start(tx, ctx, &id, Work::Resume { of: what.clone() })?))
}

/// Notes that something waits until `by` is resumed. The pause is a precondition: were it resumed
/// meanwhile, nobody would come for what waits.
pub(in crate::command) fn hold_back(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    by: &Pausable,
    held: &Held,
) -> Result<(), Halt> {
    tx.get::<Pauses>(&Pauses::key(ctx.tenant))?;

    let text = held.text();
    tx.put(by.held_entry(ctx.tenant, &text), &IndexEntry { id: text })?;
    Ok(())
}

/// Lets one thing go on, unless it went another way meanwhile or `of` is paused again.
pub(super) fn let_go(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    of: &Pausable,
    entry: &str,
) -> Result<One, Halt> {
    // Where it is paused again, the entry stays for the job that the next resuming starts.
    let pauses = tx.get_or_default::<Pauses>(&Pauses::key(ctx.tenant))?;
    if pauses.has(of) {
        return Ok(One::Nothing);
    }

    let went = match Held::parse(entry) {
        Some(Held::Step(run, step)) => step_goes_on(tx, ctx, &run, &step)?,
        Some(Held::Delivery(id)) => delivery_goes_on(tx, ctx, &id)?,
        Some(Held::Idle(item, since, idle_ms)) => idle::tell_again(tx, ctx, &item, since, idle_ms)?,
        None => false,
    };

    // The entry goes even where nothing went on: what was cancelled or sent meanwhile needs nobody
    // to come for it.
    tx.delete(of.held_entry(ctx.tenant, entry));
    Ok(if went { One::Done } else { One::Nothing })
}

fn step_goes_on(tx: &mut Tx<'_>, ctx: &OpContext, run: &str, step: &str) -> Result<bool, Halt> {
    let Some((mut run, _)) = tx.get::<Run>(&Run::key(ctx.tenant, run))? else { return Ok(false) };
    let lane_key = run.item.lane_key(ctx.tenant);
    let mut lane = tx.get_or_default::<Lane>(&lane_key)?;

    let (id, item) = (run.id.clone(), run.item.clone());
    let paused =
        |found: &&mut Step| found.id == step && matches!(found.state, StepState::Paused { .. });
    let Some(found) = run.steps.iter_mut().find(paused) else { return Ok(false) };

    // Due now, at whatever hour: a robot that keeps working time is held back when it is called.
    set_time(
        tx,
        ctx,
        (&id, &item),
        found,
        Timing::Now(Some("waited until it was resumed".into())),
        lane.seq,
    )?;

    keep(tx, ctx, &mut run, &mut lane)?;
    Ok(true)
}

fn delivery_goes_on(tx: &mut Tx<'_>, ctx: &OpContext, id: &str) -> Result<bool, Halt> {
    let key = Delivery::key(ctx.tenant, id);
    let Some((mut delivery, _)) = tx.get::<Delivery>(&key)? else { return Ok(false) };

    if delivery.state != DeliveryState::Pending || !delivery.held {
        return Ok(false);
    }

    delivery.held = false;
    put_due(tx, ctx, &mut delivery, ctx.now, 0)?;
    tx.put(key, &delivery)?;
    Ok(true)
}
