//! Moments that hang on a field of the item: they move when it changes.

use super::open::{acting_step, each_open_run};
use super::times::{release_from, set_time};
use crate::command::fetch;
use crate::command::schedule::timing;
use crate::context::OpContext;
use crate::key::Key;
use crate::model::automation::{AutomationVersion, RobotSpec};
use crate::model::record::{Lane, Record};
use crate::model::run::{Run, Step, StepState};
use crate::tx::{Halt, Tx};

/// Moves the steps that count from one of `changed` fields to their new time, and those that keep
/// the hours of whoever is responsible where that changed.
pub(in crate::command) fn reschedule(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    item: &Record,
    changed: &[&str],
) -> Result<(), Halt> {
    want_versions(tx, ctx, item, changed)?;

    each_open_run(tx, ctx, &item.key, |tx, run| {
        let Some(key) = run.version_key(ctx.tenant).filter(|_| run.steps.iter().any(has_time))
        else {
            return Ok(());
        };
        // A peek: a version never changes.
        let Some((version, _)) = tx.peek_shared::<AutomationVersion>(&key)? else { return Ok(()) };
        let (id, on, entered) = (run.id.clone(), run.item.clone(), run.entered(item));

        // The robot that changes the item runs already: it has no moment to move.
        let acting = acting_step(ctx, run);
        let moves = |step: &Step| has_time(step) && Some(&step.id) != acting.as_ref();

        let robots = &version.automation.robots;
        for (place, step) in run.steps.iter_mut().enumerate().filter(|(_, step)| moves(step)) {
            let Some(spec) = robots.iter().find(|robot| robot.id == step.id) else { continue };
            if moves_with(spec, changed) {
                let timing = timing(tx, ctx, spec, item, entered)?;
                set_time(tx, ctx, (&id, &on), step, timing, place as u64)?;
            }
        }

        // A step may be over at once by its new moment, and then the one after it is free.
        release_from(tx, ctx, run, &version.automation, item, 0, 0)
    })
}

/// Whether a step has a time that may still move: it has not been tried, and nobody asked for it to
/// run now.
fn has_time(step: &Step) -> bool {
    let waits = !step.state.is_over() && step.state != StepState::WaitingPrevious;
    waits && step.tries == 0 && !step.committed && !step.by_person
}

/// Whether a robot's time hangs on one of `changed` fields.
fn moves_with(spec: &RobotSpec, changed: &[&str]) -> bool {
    let own_hours =
        || spec.working_time.as_ref().is_some_and(|rule| rule.calendar == "responsible");
    spec.run.field().is_some_and(|field| changed.contains(&field))
        || (changed.contains(&"responsible") && own_hours())
}

/// Asks at once for what rescheduling reads: an item may wait under more versions than a decision
/// has rounds.
fn want_versions(
    tx: &Tx<'_>,
    ctx: &OpContext,
    item: &Record,
    changed: &[&str],
) -> Result<(), Halt> {
    let lane = tx.peek_or_default::<Lane>(&item.key.lane_key(ctx.tenant))?;
    let keys: Vec<Key> = lane.runs.iter().map(|id| Run::key(ctx.tenant, id)).collect();
    tx.want(&keys)?;

    let mut versions = Vec::new();
    for key in &keys {
        let run =
            tx.peek::<Run>(key)?.map(|(run, _)| run).filter(|run| run.steps.iter().any(has_time));
        versions.extend(run.and_then(|run| run.version_key(ctx.tenant)));
    }
    tx.want(&versions)?;

    let mut robots = Vec::new();
    for key in &versions {
        let Some((version, _)) = tx.peek_shared::<AutomationVersion>(key)? else { continue };
        let counting = version
            .automation
            .robots
            .iter()
            .filter(|robot| robot.working_time.is_some() && moves_with(robot, changed));
        robots.extend(counting.cloned());
    }

    if robots.is_empty() {
        return Ok(());
    }
    fetch::around_item(tx, ctx, item)?;
    fetch::calendars(tx, ctx, &robots, item)
}
