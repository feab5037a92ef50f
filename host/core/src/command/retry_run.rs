//! A person repeats or cancels what a run left undone.

use super::runs::{cancel_steps, keep, set_time};
use super::schedule::Timing;
use crate::context::OpContext;
use crate::model::record::Lane;
use crate::model::run::{Run, StepState};
use crate::refusal::Refusal;
use crate::tx::{Halt, Tx};

/// Tries a run's failed steps again, from their first try.
///
/// # Errors
/// `run.nothing-to-retry`, `not-found`.
pub fn retry(tx: &mut Tx<'_>, ctx: &OpContext, id: &str) -> Result<Run, Halt> {
    change(tx, ctx, id, |tx, run, seq| {
        let (id, item) = (run.id.clone(), run.item.clone());
        let failed = run.steps.iter_mut().filter(|step| matches!(step.state, StepState::Failed { .. }));
        let mut any = false;
        for step in failed {
            step.committed = false;
            (step.tries, step.ended_at, step.by_person, any) = (0, None, true, true);
            set_time(tx, ctx, (&id, &item), step, Timing::Now(Some("tried again by a person".into())), seq)?;
        }
        if any { Ok(()) } else { Err(Refusal::conflict("run.nothing-to-retry", "none of the run's steps has failed").into()) }
    })
}

/// Cancels what still waits in a run.
///
/// # Errors
/// `run.over`, `not-found`.
pub fn cancel(tx: &mut Tx<'_>, ctx: &OpContext, id: &str) -> Result<Run, Halt> {
    change(tx, ctx, id, |tx, run, _| {
        if run.is_over() {
            return Err(Refusal::conflict("run.over", "the run is over; there is nothing to cancel").into());
        }
        cancel_steps(tx, ctx, run, "by_user", |_| true);
        Ok(())
    })
}

/// Runs a step that is over once more, whatever came of it. Its effects stand; what it does now comes on top of them.
///
/// # Errors
/// `run.unknown-step`, `run.step-waits`, `not-found`.
pub fn rerun(tx: &mut Tx<'_>, ctx: &OpContext, id: &str, step: &str) -> Result<Run, Halt> {
    change(tx, ctx, id, |tx, run, seq| {
        let (id, item) = (run.id.clone(), run.item.clone());
        let known = run.steps.iter().map(|step| step.id.clone()).collect::<Vec<_>>().join(", ");
        let found = run.steps.iter_mut().find(|found| found.id == step).ok_or_else(|| {
            let message = format!("the run has no step `{step}`; its steps are {known}");
            Refusal::invalid("run.unknown-step", "step", message)
        })?;
        if !found.state.is_over() {
            let message = format!("step `{step}` is not over yet; cancel the run, or wait");
            return Err(Refusal::conflict("run.step-waits", message).into());
        }
        (found.tries, found.ended_at, found.committed, found.by_person) = (0, None, false, true);
        found.reruns += 1;
        set_time(tx, ctx, (&id, &item), found, Timing::Now(Some("run again by a person".into())), seq)
    })
}

fn change(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    id: &str,
    change: impl FnOnce(&mut Tx<'_>, &mut Run, u64) -> Result<(), Halt>,
) -> Result<Run, Halt> {
    let (mut run, _) = tx.require::<Run>(&Run::key(ctx.tenant, id))?;
    let lane_key = run.item.lane_key(ctx.tenant);
    let mut lane = tx.get::<Lane>(&lane_key)?.map(|(lane, _)| lane).unwrap_or_default();
    change(tx, &mut run, lane.seq)?;
    if !run.is_over() {
        run.ended_at = None;
    }
    keep(tx, ctx, &mut run, &mut lane)?;
    tx.put(lane_key, &lane)?;
    Ok(run)
}
