//! The timer that notices that nobody has touched an item for a while, for triggers that want to
//! know.
//!
//! An item has one due row at most, and activity does not write it: activity moves
//! `Lane::active_at`, which its event writes anyway, and a timer that fires too early is set anew.
//! So activity costs no row, and a quiet item costs one row a duration.

use serde_json::json;

use super::job::One;
use super::{Draft, emit};
use crate::context::OpContext;
use crate::key::{Key, Queue};
use crate::model::automation::Bindings;
use crate::model::due::Due;
use crate::model::pipeline::{Pipeline, Semantics};
use crate::model::record::{Idle, Lane, Record, RecordRef};
use crate::time::Timestamp;
use crate::tx::{Halt, Tx};

/// What a timer that fired turned out to be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Fired {
    /// The item has an event that is to be dispatched first.
    NotYet,
    /// Nobody had touched the item for so long: the event `item.idle` with this id says so.
    Told(String),
    /// Nothing to tell now; where there will be, the timer is set to then.
    Quiet,
}

/// A duration that has to pass: when it has, and how long it is in milliseconds.
type Next = (Timestamp, i64);

/// Sets an item's timer where triggers of its pipeline wait for one and it is not set soon enough
/// already. For dispatches, which have read all of this. Gives whether it was set.
pub(super) fn arm(tx: &mut Tx<'_>, ctx: &OpContext, item: &RecordRef) -> Result<bool, Halt> {
    let lane_key = item.lane_key(ctx.tenant);
    // The item and the bindings are preconditions of every dispatch already.
    let (Some((record, _)), Some((mut lane, _))) =
        (tx.peek::<Record>(&item.key(ctx.tenant))?, tx.get::<Lane>(&lane_key)?)
    else {
        return Ok(false);
    };

    let Some((at, _)) = next(tx, ctx, &record, &lane)? else { return Ok(false) };
    // A timer that is too early is left: it is set anew when it fires, which costs less than moving
    // it with every event (ADR 0008).
    if lane.idle.due_at.is_some_and(|due_at| due_at <= at) {
        return Ok(false);
    }

    set(tx, ctx, item, &mut lane, Some(at))?;
    tx.put(lane_key, &lane)?;
    Ok(true)
}

/// Has an item watched for durations that no trigger of its pipeline waited for before: its timer
/// is set, at once where it has been silent for so long already. A duration shorter than one that
/// was told of this silence is told now.
pub(super) fn watch(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    item: &RecordRef,
    idle_ms: &[i64],
) -> Result<One, Halt> {
    let found =
        (tx.get::<Record>(&item.key(ctx.tenant))?, tx.get::<Lane>(&item.lane_key(ctx.tenant))?);
    let (Some((record, _)), Some((lane, _))) = found else { return Ok(One::Nothing) };

    // What waits to be dispatched may move the item, to a final stage too.
    if lane.seq > lane.dispatched {
        return Ok(One::Later);
    }

    let mut came = if arm(tx, ctx, item)? { One::Done } else { One::Nothing };

    // The timer leads to longer durations than the silence was told of; shorter ones that are new
    // are told here.
    let since = since(&record, &lane);
    for passed in idle_ms.iter().filter(|ms| lane.idle.since == since && **ms <= lane.idle.told_ms)
    {
        if tell_again(tx, ctx, item, since, *passed)? {
            came = One::Done;
        }
    }

    Ok(came)
}

/// Tells of a silence that began at `since` and has been told of before, unless it is over. Gives
/// whether it was told.
pub(super) fn tell_again(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    item: &RecordRef,
    since: Timestamp,
    idle_ms: i64,
) -> Result<bool, Halt> {
    // Preconditions both: somebody who touches the item at this moment ends the silence.
    let found =
        (tx.get::<Record>(&item.key(ctx.tenant))?, tx.get::<Lane>(&item.lane_key(ctx.tenant))?);
    let (Some((record, _)), Some((lane, _))) = found else { return Ok(false) };

    if self::since(&record, &lane) != since || !is_watched(tx, ctx, &record)? {
        return Ok(false);
    }

    tell(tx, ctx, &record, since, idle_ms)?;
    Ok(true)
}

/// Fires the timer that lies at `due_key`. Where nobody has touched the item since, the event
/// `item.idle` says for how long, once for each duration that a published trigger waits for; after
/// the longest the timer rests until there is new activity.
///
/// # Errors
/// What reading may say.
pub fn fire(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    due_key: &Key,
    item: &RecordRef,
) -> Result<Fired, Halt> {
    let lane_key = item.lane_key(ctx.tenant);
    tx.want(&[due_key.clone(), lane_key.clone(), item.key(ctx.tenant)])?;

    // The due row is a precondition: each duration is told once.
    let (Some((mut lane, _)), Some(_)) = (tx.get::<Lane>(&lane_key)?, tx.get::<Due>(due_key)?)
    else {
        return Ok(Fired::Quiet);
    };

    // As before a step (ADR 0003): the event that waits may move the item, to a final stage too.
    if lane.seq > lane.dispatched {
        return Ok(Fired::NotYet);
    }

    tx.delete(due_key.clone());
    lane.idle.due_at = None;

    let found =
        tx.get::<Record>(&item.key(ctx.tenant))?.filter(|(record, _)| record.deleted_at.is_none());
    let due = match &found {
        Some((record, _)) => next(tx, ctx, record, &lane)?,
        None => None,
    };

    let (Some((record, _)), Some((at, idle_ms))) = (found, due) else {
        tx.put(lane_key, &lane)?;
        return Ok(Fired::Quiet);
    };

    // Somebody touched the item since the timer was set. Activity does not move the row (ADR 0008),
    // so it is moved now.
    if at > ctx.now {
        set(tx, ctx, item, &mut lane, Some(at))?;
        tx.put(lane_key, &lane)?;
        return Ok(Fired::Quiet);
    }

    let since = since(&record, &lane);
    lane.idle = Idle { due_at: None, since, told_ms: idle_ms };
    // What comes next depends on what was told, so the lane says that first.
    let further = next(tx, ctx, &record, &lane)?.map(|(at, _)| at);
    set(tx, ctx, item, &mut lane, further)?;
    tx.put(lane_key, &lane)?;

    // Last, since emitting reads the lane and writes it.
    Ok(Fired::Told(tell(tx, ctx, &record, since, idle_ms)?))
}

/// Emits the event that says for how long nobody has touched an item, and gives its id.
fn tell(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    record: &Record,
    since: Timestamp,
    idle_ms: i64,
) -> Result<String, Halt> {
    let payload = json!({"idle_ms": idle_ms, "since": since, "stage": record.text("stage")});
    let draft =
        Draft { kind: "item.idle", subject: record.key.clone(), occurred_at: None, payload };
    emit(tx, ctx, draft, std::slice::from_ref(&record.key))
}

/// The shortest duration that a trigger waits for and that this silence has not been told of yet;
/// none on a final stage.
fn next(tx: &Tx<'_>, ctx: &OpContext, record: &Record, lane: &Lane) -> Result<Option<Next>, Halt> {
    let pipeline = record.text("pipeline");
    if record.deleted_at.is_some() || pipeline.is_empty() {
        return Ok(None);
    }

    // Peeks: whoever publishes a new duration has a job look at every item after that (ADR 0008).
    let bindings_key = Bindings::key(ctx.tenant, pipeline);
    tx.want(&[bindings_key.clone(), Pipeline::key(ctx.tenant, pipeline)])?;

    let since = since(record, lane);
    let told_ms = if lane.idle.since == since { lane.idle.told_ms } else { 0 };

    let durations = tx
        .peek_shared::<Bindings>(&bindings_key)?
        .map(|(bindings, _)| bindings.idle_ms())
        .unwrap_or_default();
    // One duration at a time: the next one is found when this one has passed.
    let Some(idle_ms) = durations.into_iter().find(|ms| *ms > told_ms) else { return Ok(None) };
    Ok(is_watched(tx, ctx, record)?.then(|| (since.plus_ms(idle_ms), idle_ms)))
}

/// Whether an item's silence matters: it is there, and on no final stage.
fn is_watched(tx: &Tx<'_>, ctx: &OpContext, record: &Record) -> Result<bool, Halt> {
    if record.deleted_at.is_some() {
        return Ok(false);
    }

    let found = tx.peek_shared::<Pipeline>(&Pipeline::key(ctx.tenant, record.text("pipeline")))?;
    let stage = found.as_ref().and_then(|(pipeline, _)| pipeline.stage(record.text("stage")));
    Ok(stage.is_some_and(|(_, stage)| stage.semantics == Semantics::InProgress))
}

/// Since when nobody has touched the item.
fn since(record: &Record, lane: &Lane) -> Timestamp {
    // An item that a robot made was never touched: its silence begins with it.
    lane.active_at.max(record.created_at)
}

/// Moves an item's timer; the caller writes the lane.
fn set(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    item: &RecordRef,
    lane: &mut Lane,
    at: Option<Timestamp>,
) -> Result<(), Halt> {
    let key = |at| Key::due(Queue::Step, ctx.tenant, at, 0, &format!("idle/{}", item.lane()));

    if let Some(before) = lane.idle.due_at.take() {
        tx.delete(key(before));
    }

    if let Some(at) = at {
        tx.put(key(at), &Due::Idle { item: item.clone() })?;
        lane.idle.due_at = Some(at);
    }

    Ok(())
}
