//! An item's runs that are not over: going through them, and cancelling what waits.

use super::keep;
use super::times::drop_due;
use crate::context::{Actor, OpContext};
use crate::model::ending::CancelReason;
use crate::model::record::{Lane, Record, RecordRef};
use crate::model::run::{Run, Step, StepState};
use crate::tx::{Halt, Tx};

/// Cancels what waits on the stage that `item` leaves; robots that are to be kept and invoked
/// robots stay, and so does the one that moves the item.
pub(in crate::command) fn cancel_for_stage(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    item: &Record,
) -> Result<(), Halt> {
    each_open_run(tx, ctx, &item.key, |tx, run| {
        if run.epoch.is_some() {
            // The robot that moves the item ends as done in this same commit.
            let acting = acting_step(ctx, run);
            cancel_steps(tx, ctx, run, CancelReason::StageLeft, |step| {
                !step.keep && Some(&step.id) != acting.as_ref()
            });
        }
        Ok(())
    })
}

/// The step of `run` whose robot is doing this.
pub(super) fn acting_step(ctx: &OpContext, run: &Run) -> Option<String> {
    let (Actor::Automation { automation, robot }, Some((own, _))) = (&ctx.actor, &run.automation)
    else {
        return None;
    };

    (own == automation && ctx.cause.run.as_ref() == Some(&run.id)).then(|| robot.clone())
}

/// Cancels everything that waits for an item.
pub(in crate::command) fn cancel_all(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    item: &RecordRef,
    reason: CancelReason,
) -> Result<(), Halt> {
    each_open_run(tx, ctx, item, |tx, run| {
        cancel_steps(tx, ctx, run, reason, |_| true);
        Ok(())
    })
}

/// Cancels the steps of `run` that are not over and that `which` names.
pub(in crate::command) fn cancel_steps(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    run: &mut Run,
    reason: CancelReason,
    which: impl Fn(&Step) -> bool,
) {
    let id = run.id.clone();
    for step in run.steps.iter_mut().filter(|step| !step.state.is_over() && which(step)) {
        drop_due(tx, ctx, &id, step);
        step.state = StepState::Cancelled { reason };
        step.ended_at = Some(ctx.now);
    }
}

/// Loads every run of an item that is not over, lets `change` at it, and writes back what differs.
pub(super) fn each_open_run(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    item: &RecordRef,
    mut change: impl FnMut(&mut Tx<'_>, &mut Run) -> Result<(), Halt>,
) -> Result<(), Halt> {
    let lane_key = item.lane_key(ctx.tenant);
    // Going through the lane's list needs no range: the lane is itself the guard against a run that
    // starts meanwhile (ADR 0003).
    let Some((mut lane, _)) = tx.get::<Lane>(&lane_key)? else { return Ok(()) };

    let ids = lane.runs.clone();
    tx.want(&ids.iter().map(|id| Run::key(ctx.tenant, id)).collect::<Vec<_>>())?;

    for id in &ids {
        let (before, _) = tx.require::<Run>(&Run::key(ctx.tenant, id))?;
        let mut run = before.clone();
        change(tx, &mut run)?;
        if run != before {
            keep(tx, ctx, &mut run, &mut lane)?;
        }
    }

    if lane.runs != ids {
        tx.put(lane_key, &lane)?;
    }

    Ok(())
}
