//! What becomes of runs that wait under an older version of their automation.

use super::start::start;
use crate::command::fetch;
use crate::command::runs::{cancel_steps, drop_due, keep, release_from};
use crate::context::OpContext;
use crate::model::automation::{AutomationVersion, OnLeave};
use crate::model::ending::CancelReason;
use crate::model::job::{Job, Waiting, Work};
use crate::model::record::{Lane, Record};
use crate::model::run::{Run, Step, StepState};
use crate::tx::{Halt, Tx};

/// Ends or migrates what waits in a run, where a version that was published since says so. Gives
/// the run if it was changed.
///
/// # Errors
/// What reading may say.
pub fn one_run(tx: &mut Tx<'_>, ctx: &OpContext, id: &str) -> Result<Option<Run>, Halt> {
    let Some((mut run, _)) = tx.get::<Run>(&Run::key(ctx.tenant, id))? else { return Ok(None) };
    let Some((automation, version)) = run.automation.clone() else { return Ok(None) };

    tx.want(&[
        Job::key(ctx.tenant, &Job::replacing(&automation)),
        run.item.lane_key(ctx.tenant),
        run.item.key(ctx.tenant),
    ])?;
    // A peek: publishing once more starts the job anew, and it comes to this run again.
    let job = tx.peek::<Job>(&Job::key(ctx.tenant, &Job::replacing(&automation)))?;
    let Some((by, waiting)) =
        job.and_then(|(job, _)| job.replaces(version)).filter(|_| !run.is_over())
    else {
        return Ok(None);
    };

    let lane_key = run.item.lane_key(ctx.tenant);
    let mut lane = tx.get_or_default::<Lane>(&lane_key)?;

    match waiting {
        Waiting::Keep => return Ok(None),
        Waiting::Cancel => cancel_steps(tx, ctx, &mut run, CancelReason::VersionReplaced, |_| true),
        Waiting::Migrate => migrate(tx, ctx, &mut run, (&automation, by), lane.seq)?,
    }

    keep(tx, ctx, &mut run, &mut lane)?;
    tx.put(lane_key, &lane)?;
    Ok(Some(run))
}

/// Gives a run another version: each robot that is still there waits by its new settings, one that
/// is gone is cancelled, and none is added. A step that has been tried, or whose effects are
/// committed, keeps its moment.
fn migrate(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    run: &mut Run,
    (automation, by): (&str, u32),
    seq: u64,
) -> Result<(), Halt> {
    let key = AutomationVersion::key(ctx.tenant, automation, by);
    tx.want(std::slice::from_ref(&key))?;
    let Some((version, _)) = tx.peek::<AutomationVersion>(&key)? else { return Ok(()) };
    let Some((item, _)) = tx.peek::<Record>(&run.item.key(ctx.tenant))? else { return Ok(()) };

    let robots = &version.automation.robots;
    let place = |step: &Step| robots.iter().position(|robot| robot.id == step.id);
    cancel_steps(tx, ctx, run, CancelReason::VersionReplaced, |step| place(step).is_none());

    // The order is the new version's; what it does not know any more is over and follows.
    run.steps.sort_by_key(|step| place(step).unwrap_or(usize::MAX));
    run.automation = Some((automation.to_owned(), by));

    let id = run.id.clone();
    for step in run.steps.iter_mut().filter(|step| !step.state.is_over()) {
        let Some(spec) = robots.iter().find(|robot| robot.id == step.id) else { continue };
        (step.plugin, step.robot) = (spec.plugin.clone(), spec.robot.clone());
        step.keep = spec.on_leave == OnLeave::Keep;
        // To be released anew below, by the new version's settings.
        if step.tries == 0 && !step.committed {
            drop_due(tx, ctx, &id, step);
            (step.state, step.due_at, step.note) = (StepState::WaitingPrevious, None, None);
        }
    }

    fetch::around_item(tx, ctx, &item)?;
    fetch::calendars(tx, ctx, robots, &item)?;
    release_from(tx, ctx, run, &version.automation, &item, 0, seq)
}

/// Has a run looked at that begins to wait under a version that was replaced meanwhile: when it
/// was, the run had nothing to wait for.
pub(in crate::command) fn catch_up(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    run: &Run,
) -> Result<(), Halt> {
    let Some((automation, version)) = &run.automation else { return Ok(()) };
    // A precondition: a version that is published at this very moment has to see this run, or be
    // seen.
    let id = Job::replacing(automation);
    let Some((job, _)) = tx.get::<Job>(&Job::key(ctx.tenant, &id))? else { return Ok(()) };

    if job.replaces(*version).is_some_and(|(_, waiting)| waiting != Waiting::Keep) {
        start(tx, ctx, &id, job.work)?;
    }
    Ok(())
}

/// The work that replaces the versions of an automation below `version`.
pub(in crate::command) fn work(automation: &str, version: u32, waiting: Waiting) -> Work {
    Work::Replace { automation: automation.to_owned(), version, waiting }
}
