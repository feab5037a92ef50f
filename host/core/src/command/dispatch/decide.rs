//! What an event comes to for one item, once the triggers have spoken.

use std::collections::BTreeMap;

use super::plan::{Ask, plan};
use crate::call::{CallFailure, Verdict};
use crate::command::job::hold_back;
use crate::command::{fetch, idle, items, runs};
use crate::context::{Actor, OpContext};
use crate::directory;
use crate::key::Key;
use crate::limits::DEPTH_MAX;
use crate::model::automation::{AutomationVersion, Bindings, OnLeave, RobotSpec};
use crate::model::due::Due;
use crate::model::ending::CancelReason;
use crate::model::event::{Candidate, Decisions, Event, Outcome};
use crate::model::pauses::{Held, Pauses};
use crate::model::record::{Lane, Record, RecordRef};
use crate::overtaken::Overtaken;
use crate::refusal::Refusal;
use crate::row::Row;
use crate::tx::{Halt, Tx};

/// What each asked trigger said, by `automation/trigger` and version.
pub type Verdicts = BTreeMap<(String, u32), Result<Verdict, CallFailure>>;

/// What a dispatch came to.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Dispatched {
    /// The stage the item was moved to.
    pub moved_to: Option<String>,
    /// The run that started.
    pub run: Option<String>,
}

/// Decides an event for an item: starts the automation of the stage it entered, lets the earliest
/// trigger that fired move it, and writes one row with the outcome of every candidate. The due row
/// is spent in the same commit, so this happens once.
///
/// # Errors
/// [`Overtaken::Dispatched`] where it has happened already, [`Overtaken::PlanStale`] where a
/// trigger would have to be asked that was not, and what reading may say.
pub fn decide(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    due_key: &Key,
    verdicts: &Verdicts,
) -> Result<Dispatched, Halt> {
    // A precondition: of two dispatches of one event the second finds the row gone and does
    // nothing.
    let Some((Due::Dispatch { event: event_id, item, seq }, _)) = tx.get::<Due>(due_key)? else {
        return Err(Overtaken::Dispatched.into());
    };

    tx.want(&[Event::key(ctx.tenant, &event_id), item.key(ctx.tenant), item.lane_key(ctx.tenant)])?;
    let (event, _) = tx.require::<Event>(&Event::key(ctx.tenant, &event_id))?;
    let ctx = &OpContext { cause: event.cause.clone(), ..ctx.clone() };
    tx.delete(due_key.clone());

    // The lane is put before all that follows: starting a run, moving the item and setting its
    // timer read the lane anew, and a lane put after them would undo what they wrote.
    let (mut lane, _) = tx.require::<Lane>(&item.lane_key(ctx.tenant))?;
    lane.dispatched = lane.dispatched.max(seq);
    tx.put(item.lane_key(ctx.tenant), &lane)?;

    let mut candidates = Vec::new();
    let mut dispatched = Dispatched::default();
    // The stage's own run starts before a trigger may move the item on, so that this move cancels
    // what waits in it as in any other run.
    if let Some(entered) = stage_candidate(tx, ctx, &event, &item)? {
        if let Outcome::Ran { run } = &entered.outcome {
            dispatched.run.clone_from(run);
        }
        candidates.push(entered);
    }

    // Planned anew and not taken over from the call: here the item and the bindings become
    // preconditions, so a version that is published meanwhile is noticed.
    let asks = plan(tx, ctx, &event_id, &item)?;
    let winner = winner(&event, &asks, verdicts)?;
    if let Some(ask) = winner {
        dispatched.moved_to = move_by_trigger(tx, ctx, &event, &item, ask)?;
    }

    for ask in &asks {
        candidates.push(trigger_candidate(&event, ask, verdicts, winner));
    }

    hold_back_silence(tx, ctx, &event, &item, &asks)?;
    // Last, since the move above may have put the item on a final stage, where silence matters no
    // more (ADR 0008).
    idle::arm(tx, ctx, &item)?;

    if !candidates.is_empty() {
        let decisions = Decisions {
            event: event_id.clone(),
            kind: event.kind.clone(),
            at: event.at,
            candidates,
            moved_to: dispatched.moved_to.clone(),
        };
        tx.put(Decisions::key(ctx.tenant, &item, seq), &decisions)?;
    }
    Ok(dispatched)
}

/// Starts the robots of the stage that the event says was entered.
fn stage_candidate(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    event: &Event,
    item: &RecordRef,
) -> Result<Option<Candidate>, Halt> {
    if !matches!(event.kind.as_str(), "item.created" | "item.stage_entered") {
        return Ok(None);
    }

    // The epoch and not the stage's name says whether the item is still there: it may have left and
    // come back since.
    let stage =
        event.payload.get("stage").and_then(|stage| stage.as_str()).unwrap_or("").to_owned();
    let epoch = event.payload.get("epoch").and_then(serde_json::Value::as_u64);

    let (record, _) = tx.require::<Record>(&item.key(ctx.tenant))?;
    fetch::around_item(tx, ctx, &record)?;
    let key = Bindings::key(ctx.tenant, record.text("pipeline"));
    // A precondition: what enters the stage after a publication goes by the new version.
    let Some((bindings, _)) = tx.get_shared::<Bindings>(&key)? else { return Ok(None) };
    let Some(binding) = bindings.stages.get(&stage).filter(|binding| binding.has_robots) else {
        return Ok(None);
    };

    // Looking for triggers asks for the pauses; here they cost no round.
    tx.want(&[
        AutomationVersion::key(ctx.tenant, &binding.automation, binding.version),
        Pauses::key(ctx.tenant),
    ])?;
    let key = AutomationVersion::key(ctx.tenant, &binding.automation, binding.version);
    let found = tx.get_shared::<AutomationVersion>(&key)?;
    let (version, _) = found.ok_or_else(|| Refusal::not_found(AutomationVersion::NAME))?;

    let has_left = epoch != Some(record.stage_epoch);
    let keeps = version.automation.robots.iter().any(|robot| robot.on_leave == OnLeave::Keep);
    let outcome = if record.deleted_at.is_some() {
        Outcome::Cancelled { reason: CancelReason::ItemDeleted }
    } else if event.cause.depth() >= DEPTH_MAX {
        Outcome::LoopGuard { path: event.cause.chain.clone() }
    } else if has_left && !keeps {
        Outcome::Cancelled { reason: CancelReason::StageLeft }
    } else {
        let ctx = OpContext {
            cause: crate::context::Cause { event: Some(event.id.clone()), ..event.cause.clone() },
            ..ctx.clone()
        };
        // Where it has left already, the event knows when it came.
        let entered = record.stage_entered_at.filter(|_| !has_left).unwrap_or(event.at);
        let takes_part = |robot: &RobotSpec| !has_left || robot.on_leave == OnLeave::Keep;
        let run = runs::start(tx, &ctx, &record, (&version, entered), takes_part)?;
        Outcome::Ran { run: Some(run) }
    };

    let (automation, version) = (binding.automation.clone(), binding.version);
    Ok(Some(Candidate { automation, version, stage, trigger: None, outcome, condition: None }))
}

/// The trigger that moves the item: of those that fired, the one on the earliest stage.
fn winner<'a>(
    event: &Event,
    asks: &'a [Ask],
    verdicts: &Verdicts,
) -> Result<Option<&'a Ask>, Halt> {
    // At the limit nothing moves, whatever the triggers said; their outcomes say so.
    if event.cause.depth() >= DEPTH_MAX {
        return Ok(None);
    }

    // Asks are in stage order, so the first that fired has won. A verdict that is missing behind it
    // could not change that and is not looked for.
    for ask in asks.iter().filter(|ask| ask.excluded.is_none() && ask.call.is_ok()) {
        let Some(verdict) = verdicts.get(&(ask.name.clone(), ask.version)) else {
            return Err(Overtaken::PlanStale.into());
        };

        if matches!(verdict, Ok(Verdict::Fire)) {
            return Ok(Some(ask));
        }
    }

    Ok(None)
}

/// Moves the item, recorded under the trigger's identity and in the name that it is set to.
fn move_by_trigger(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    event: &Event,
    item: &RecordRef,
    ask: &Ask,
) -> Result<Option<String>, Halt> {
    let (mut record, _) = tx.require::<Record>(&item.key(ctx.tenant))?;
    let pipeline = items::pipeline_of(tx, ctx, record.text("pipeline"))?;
    let (_, stage) = items::stage_of(&pipeline, &ask.stage)?;

    let on_behalf_of = match &ask.spec.move_as {
        Some(who) => directory::resolve(tx, ctx.tenant, Some(item), who)?.into_iter().next(),
        None => None,
    };

    let mut cause = event.cause.clone();
    cause.chain.push(ask.name.clone());
    cause.event = Some(event.id.clone());
    // The run whose step caused the event did not make this move.
    cause.run = None;

    let actor =
        Actor::Automation { automation: ask.automation.clone(), robot: ask.spec.id.clone() };
    let ctx = OpContext { actor, on_behalf_of, cause, ..ctx.clone() };

    items::enter_stage(tx, &ctx, &mut record, stage)?;
    Ok(Some(stage.id.clone()))
}

/// Notes that a paused trigger is to be told of a silence when it is resumed: other than everything
/// else that it misses, the silence still lasts then, and nothing else would tell of it again.
fn hold_back_silence(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    event: &Event,
    item: &RecordRef,
    asks: &[Ask],
) -> Result<(), Halt> {
    if event.kind != "item.idle" {
        return Ok(());
    }

    let number = |name: &str| event.payload.get(name).and_then(serde_json::Value::as_i64);
    let since = event.payload.get("since").and_then(|since| since.as_str()?.parse().ok());
    let (Some(idle_ms), Some(since)) = (number("idle_ms"), since) else { return Ok(()) };

    // An entry for each pause and not for each trigger: triggers that one pause holds write the
    // same row.
    for by in asks.iter().filter_map(|ask| ask.held.as_ref()) {
        hold_back(tx, ctx, by, &Held::Idle(item.clone(), since, idle_ms))?;
    }
    Ok(())
}

/// The outcome of one trigger, winner or not.
fn trigger_candidate(
    event: &Event,
    ask: &Ask,
    verdicts: &Verdicts,
    winner: Option<&Ask>,
) -> Candidate {
    let won = winner.is_some_and(|winner| winner.name == ask.name && winner.version == ask.version);

    let outcome = match (&ask.excluded, &ask.call, verdicts.get(&(ask.name.clone(), ask.version))) {
        _ if won => Outcome::Ran { run: None },
        (Some(reason), ..) => Outcome::Skipped { reason: reason.clone() },
        (None, Err((code, message)), _) => {
            Outcome::Failed { code: code.clone(), message: message.clone() }
        }
        (None, Ok(_), Some(Err(failure))) => {
            Outcome::Failed { code: failure.code.clone(), message: failure.message.clone() }
        }
        (None, Ok(_), Some(Ok(Verdict::Ignore(reason)))) => {
            Outcome::Skipped { reason: reason.clone() }
        }
        (None, Ok(_), _) => match winner {
            Some(winner) => Outcome::Lost { to: winner.name.clone() },
            None => Outcome::LoopGuard { path: event.cause.chain.clone() },
        },
    };

    let (automation, version) = (ask.automation.clone(), ask.version);
    let (stage, trigger) = (ask.stage.clone(), Some(ask.spec.id.clone()));
    Candidate { automation, version, stage, trigger, outcome, condition: ask.condition.clone() }
}
