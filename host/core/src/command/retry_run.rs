//! A person repeats or cancels what a run left undone.

use std::collections::BTreeSet;

use serde_json::json;

use super::note;
use super::runs::{cancel_steps, keep, set_time};
use super::schedule::Timing;
use crate::context::OpContext;
use crate::model::automation::AutomationVersion;
use crate::model::ending::CancelReason;
use crate::model::record::Lane;
use crate::model::run::{Run, Step, StepState};
use crate::refusal::Refusal;
use crate::tx::{Halt, Tx};

/// Tries a run's failed steps again, from their first try.
///
/// # Errors
/// `run.nothing-to-retry`, `not-found`.
pub fn retry(tx: &mut Tx<'_>, ctx: &OpContext, id: &str) -> Result<Run, Halt> {
    change(tx, ctx, id, ("run_retried", "had what failed tried again"), |tx, run, seq| {
        let (id, item) = (run.id.clone(), run.item.clone());
        let there = robots_of(tx, ctx, run)?;

        // A robot that the version has no more could not be called, so its step stays failed.
        let is_failed = |step: &Step| {
            matches!(step.state, StepState::Failed { .. }) && there.contains(&step.id)
        };
        let failed = run.steps.iter_mut().filter(|step| is_failed(step));

        let mut any = false;
        for step in failed {
            step.committed = false;
            // A person who wants it now does not wait for working time.
            (step.tries, step.ended_at, step.by_person, any) = (0, None, true, true);
            set_time(
                tx,
                ctx,
                (&id, &item),
                step,
                Timing::Now(Some("tried again by a person".into())),
                seq,
            )?;
        }

        if any {
            Ok(())
        } else {
            Err(Refusal::conflict("run.nothing-to-retry", "none of the run's steps has failed")
                .into())
        }
    })
}

/// Cancels what still waits in a run.
///
/// # Errors
/// `run.over`, `not-found`.
pub fn cancel(tx: &mut Tx<'_>, ctx: &OpContext, id: &str) -> Result<Run, Halt> {
    change(tx, ctx, id, ("run_cancelled", "cancelled what waited in a run"), |tx, run, _| {
        if run.is_over() {
            return Err(Refusal::conflict(
                "run.over",
                "the run is over; there is nothing to cancel",
            )
            .into());
        }

        cancel_steps(tx, ctx, run, CancelReason::ByUser, |_| true);
        Ok(())
    })
}

/// Runs a step that is over once more, whatever came of it. Its effects stand; what it does now
/// comes on top of them.
///
/// # Errors
/// `run.unknown-step`, `run.step-waits`, `run.robot-gone`, `not-found`.
pub fn rerun(tx: &mut Tx<'_>, ctx: &OpContext, id: &str, step: &str) -> Result<Run, Halt> {
    let text = format!("had robot {step} run again");
    change(tx, ctx, id, ("step_rerun", &text), |tx, run, seq| {
        let (id, item) = (run.id.clone(), run.item.clone());
        let there = robots_of(tx, ctx, run)?;

        let known = run.steps.iter().map(|step| step.id.clone()).collect::<Vec<_>>().join(", ");
        let found = run.steps.iter_mut().find(|found| found.id == step).ok_or_else(|| {
            let message = format!("the run has no step `{step}`; its steps are {known}");
            Refusal::invalid("run.unknown-step", "step", message)
        })?;

        if !found.state.is_over() {
            let message = format!("step `{step}` is not over yet; cancel the run, or wait");
            return Err(Refusal::conflict("run.step-waits", message).into());
        }

        if !there.contains(&found.id) {
            let message = format!(
                "the version that the run goes by has no robot `{step}` any more; publish one \
                 that has it"
            );
            return Err(Refusal::conflict("run.robot-gone", message).into());
        }

        (found.tries, found.ended_at, found.committed, found.by_person) = (0, None, false, true);
        found.reruns += 1;
        set_time(
            tx,
            ctx,
            (&id, &item),
            found,
            Timing::Now(Some("run again by a person".into())),
            seq,
        )
    })
}

/// The robots that a run's steps can be called by: those of the version that it goes by, which may
/// have been migrated to a newer one.
fn robots_of(tx: &Tx<'_>, ctx: &OpContext, run: &Run) -> Result<BTreeSet<String>, Halt> {
    let Some(key) = run.version_key(ctx.tenant) else {
        return Ok(run.steps.iter().map(|step| step.id.clone()).collect());
    };

    let version = tx.peek_shared::<AutomationVersion>(&key)?;
    Ok(version
        .into_iter()
        .flat_map(|(version, _)| version.automation.robots.clone())
        .map(|robot| robot.id)
        .collect())
}

/// Changes a run, and notes on its item who did what.
fn change(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    id: &str,
    (kind, text): (&str, &str),
    change: impl FnOnce(&mut Tx<'_>, &mut Run, u64) -> Result<(), Halt>,
) -> Result<Run, Halt> {
    let (mut run, _) = tx.require::<Run>(&Run::key(ctx.tenant, id))?;

    // Read for its number alone. The note below writes the lane, so it is read again for `keep`.
    let lane_key = run.item.lane_key(ctx.tenant);
    let lane = tx.get_or_default::<Lane>(&lane_key)?;
    change(tx, &mut run, lane.seq)?;

    note(
        tx,
        ctx,
        &run.item,
        kind,
        text.to_owned(),
        json!({"run": run.id, "automation": run.automation.as_ref().map(|(id, _)| id)}),
    )?;

    let mut lane = tx.get_or_default::<Lane>(&lane_key)?;
    if !run.is_over() {
        run.ended_at = None;
    }

    keep(tx, ctx, &mut run, &mut lane)?;
    tx.put(lane_key, &lane)?;
    Ok(run)
}
