//! Runs: starting them, keeping their due rows, cancelling what waits.

use serde_json::Map;

use super::fetch;
use super::schedule::{Timing, timing};
use crate::context::{Actor, Cause, OpContext};
use crate::key::{Key, Queue};
use crate::limits::{LOOP_RUNS_MAX, LOOP_WINDOW_MS};
use crate::model::automation::{Automation, AutomationVersion, OnLeave, OnPreviousFailure, RobotSpec};
use crate::model::due::Due;
use crate::model::record::{IndexEntry, Lane, Record, RecordRef};
use crate::model::run::{Run, Step, StepState};
use crate::refusal::Refusal;
use crate::time::Timestamp;
use crate::tx::{Halt, Tx};

/// Starts a stage's automation for an item that came to the stage at `entered`; `takes_part` says which robots do. Gives the run's id.
pub(super) fn start(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    item: &Record,
    (version, entered): (&AutomationVersion, Timestamp),
    takes_part: impl Fn(&RobotSpec) -> bool,
) -> Result<String, Halt> {
    let lane_key = item.key.lane_key(ctx.tenant);
    let mut lane = tx.get::<Lane>(&lane_key)?.map(|(lane, _)| lane).unwrap_or_default();
    let automation = &version.automation;
    let mut run = new_run(tx, ctx, &item.key);
    run.automation = Some((automation.id.clone(), version.version));
    run.stage = Some(automation.stage.clone());
    run.epoch = Some(item.stage_epoch);
    run.entered_at = Some(entered);
    for spec in &automation.robots {
        let mut step = waiting_step(spec);
        if !takes_part(spec) {
            step.state = StepState::Cancelled { reason: "stage_left".into() };
            step.ended_at = Some(ctx.now);
        } else if loops(&mut lane, &automation.id, &spec.id, ctx.now) {
            step.state = StepState::LoopGuard { path: ctx.cause.chain.clone() };
            step.ended_at = Some(ctx.now);
        }
        run.steps.push(step);
    }
    fetch::calendars(tx, ctx, &automation.robots, item)?;
    release_from(tx, ctx, &mut run, automation, item, 0, lane.seq)?;
    tx.put(Run::of_item_entry(ctx.tenant, &item.key, &run.id), &IndexEntry { id: run.id.clone() })?;
    keep(tx, ctx, &mut run, &mut lane)?;
    tx.put(lane_key, &lane)?;
    Ok(run.id)
}

/// A run without steps.
pub(super) fn new_run(tx: &mut Tx<'_>, ctx: &OpContext, item: &RecordRef) -> Run {
    Run {
        id: tx.new_id(ctx, "run"),
        item: item.clone(),
        automation: None,
        stage: None,
        epoch: None,
        started_at: ctx.now,
        entered_at: None,
        ended_at: None,
        cause: Cause { run: None, ..ctx.cause.clone() },
        invoked: None,
        on_behalf_of: ctx.on_behalf_of.clone(),
        listed: false,
        steps: Vec::new(),
    }
}

/// A step that has not been given its time yet.
pub(super) fn waiting_step(spec: &RobotSpec) -> Step {
    Step {
        id: spec.id.clone(),
        plugin: spec.plugin.clone(),
        robot: spec.robot.clone(),
        state: StepState::WaitingPrevious,
        due_at: None,
        due_row: None,
        committed: false,
        keep: spec.on_leave == OnLeave::Keep,
        note: None,
        ended_at: None,
        attempts: Vec::new(),
        tries: 0,
        by_person: false,
        reruns: 0,
        results: Map::new(),
        effects: Vec::new(),
        deliveries: Vec::new(),
        condition: None,
    }
}

/// Gives their time to the steps from `first` on that need not wait for a step that is still to come. A step that is over at once
/// releases the one after it in turn.
#[expect(
    clippy::too_many_arguments,
    reason = "what a step's time depends on is six things, none of which belong together elsewhere"
)]
pub(super) fn release_from(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    run: &mut Run,
    automation: &Automation,
    item: &Record,
    first: usize,
    lane_seq: u64,
) -> Result<(), Halt> {
    let entered = run.entered(item);
    for place in first..run.steps.len() {
        // A run that was given a newer version has not all of its robots.
        let id = run.steps.get(place).map(|step| step.id.as_str());
        let Some(spec) = automation.robots.iter().find(|robot| Some(robot.id.as_str()) == id) else { continue };
        let previous = place.checked_sub(1).and_then(|before| run.steps.get(before)).map(|step| step.state.clone());
        let chained = spec.after_previous && previous.is_some();
        let free = !chained || previous.as_ref().is_some_and(StepState::is_over);
        let stopped =
            chained && spec.on_previous_failure == OnPreviousFailure::Stop && previous.as_ref().is_some_and(StepState::is_failure);
        let Some(step) = run.steps.get_mut(place) else { break };
        if step.state != StepState::WaitingPrevious || !free {
            continue;
        }
        if stopped {
            step.state = StepState::Cancelled { reason: "previous_failed".into() };
            step.ended_at = Some(ctx.now);
            continue;
        }
        let timing = timing(tx, ctx, spec, item, entered)?;
        set_time(tx, ctx, (&run.id, &run.item), step, timing, lane_seq)?;
    }
    Ok(())
}

/// Gives a step its time, and its due row where there is something to wait for.
pub(super) fn set_time(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    (run, item): (&str, &RecordRef),
    step: &mut Step,
    timing: Timing,
    lane_seq: u64,
) -> Result<(), Halt> {
    drop_due(tx, ctx, run, step);
    (step.due_at, step.note) = (None, None);
    let (shown_at, row_at) = match timing {
        Timing::Skip(reason) => {
            step.state = StepState::Skipped { reason };
            step.ended_at = Some(ctx.now);
            return Ok(());
        }
        Timing::Field(field) => {
            step.state = StepState::WaitingField { field };
            return Ok(());
        }
        Timing::Impossible(refusal) => {
            let Refusal { code, message, .. } = refusal;
            step.state = StepState::Failed { class: "permanent".into(), code: code.into(), reason: message };
            step.ended_at = Some(ctx.now);
            return Ok(());
        }
        Timing::At(at, note) => {
            step.note = note;
            (at, at)
        }
        Timing::Now(note) => {
            step.note = note;
            (ctx.now, ctx.now.plus_ms(-1))
        }
    };
    step.state = StepState::WaitingTime;
    step.due_at = Some(shown_at);
    put_due(tx, ctx, (run, item), step, (row_at, lane_seq))
}

/// Writes a step's due row, its moment and its number in the lane being `row`.
pub(super) fn put_due(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    (run, item): (&str, &RecordRef),
    step: &mut Step,
    row: (Timestamp, u64),
) -> Result<(), Halt> {
    step.due_row = Some(row);
    let due = Due::Step { run: run.to_owned(), step: step.id.clone(), item: item.clone() };
    tx.put(due_key(ctx, run, &step.id, row), &due)?;
    Ok(())
}

/// The key of a step's due row.
fn due_key(ctx: &OpContext, run: &str, step: &str, row: (Timestamp, u64)) -> Key {
    Key::due(Queue::Step, ctx.tenant, row.0, row.1, &format!("{run}/{step}"))
}

/// Removes a step's due row.
pub(super) fn drop_due(tx: &mut Tx<'_>, ctx: &OpContext, run: &str, step: &mut Step) {
    if let Some(row) = step.due_row.take() {
        tx.delete(due_key(ctx, run, &step.id, row));
    }
}

/// Writes a run and keeps the lane's list of runs that are not over, and the automation's list of those that wait.
pub(super) fn keep(tx: &mut Tx<'_>, ctx: &OpContext, run: &mut Run, lane: &mut Lane) -> Result<(), Halt> {
    if let Some((automation, _)) = &run.automation {
        let entry = Run::waiting_entry(ctx.tenant, automation, &run.id);
        if run.listed && run.is_over() {
            tx.delete(entry);
            run.listed = false;
        } else if !run.listed && run.waits(ctx.now) {
            tx.put(entry, &IndexEntry { id: run.id.clone() })?;
            run.listed = true;
        }
    }
    if run.is_over() {
        run.ended_at = run.ended_at.or(Some(ctx.now));
        lane.runs.retain(|id| *id != run.id);
    } else if !lane.runs.contains(&run.id) {
        lane.runs.push(run.id.clone());
    }
    tx.put(Run::key(ctx.tenant, &run.id), run)?;
    Ok(())
}

/// Cancels what waits on the stage that `item` leaves; robots that are to be kept and invoked robots stay, and so does the one that
/// moves the item.
pub(super) fn cancel_for_stage(tx: &mut Tx<'_>, ctx: &OpContext, item: &Record) -> Result<(), Halt> {
    each_open_run(tx, ctx, &item.key, |tx, run| {
        if run.epoch.is_some() {
            let acting = acting_step(ctx, run);
            cancel_steps(tx, ctx, run, "stage_left", |step| !step.keep && Some(&step.id) != acting.as_ref());
        }
        Ok(())
    })
}

/// The step of `run` whose robot is doing this.
fn acting_step(ctx: &OpContext, run: &Run) -> Option<String> {
    let (Actor::Automation { automation, robot }, Some((own, _))) = (&ctx.actor, &run.automation) else { return None };
    (own == automation && ctx.cause.run.as_ref() == Some(&run.id)).then(|| robot.clone())
}

/// Cancels everything that waits for an item.
pub(super) fn cancel_all(tx: &mut Tx<'_>, ctx: &OpContext, item: &RecordRef, reason: &str) -> Result<(), Halt> {
    each_open_run(tx, ctx, item, |tx, run| {
        cancel_steps(tx, ctx, run, reason, |_| true);
        Ok(())
    })
}

/// Cancels the steps of `run` that are not over and that `which` names.
pub(super) fn cancel_steps(tx: &mut Tx<'_>, ctx: &OpContext, run: &mut Run, reason: &str, which: impl Fn(&Step) -> bool) {
    let id = run.id.clone();
    for step in run.steps.iter_mut().filter(|step| !step.state.is_over() && which(step)) {
        drop_due(tx, ctx, &id, step);
        step.state = StepState::Cancelled { reason: reason.to_owned() };
        step.ended_at = Some(ctx.now);
    }
}

/// Moves the steps that count from one of `changed` fields to their new time, and those that keep the hours of whoever is responsible
/// where that changed.
pub(super) fn reschedule(tx: &mut Tx<'_>, ctx: &OpContext, item: &Record, changed: &[&str]) -> Result<(), Halt> {
    want_versions(tx, ctx, item, changed)?;
    each_open_run(tx, ctx, &item.key, |tx, run| {
        let Some(key) = run.version_key(ctx.tenant).filter(|_| run.steps.iter().any(has_time)) else { return Ok(()) };
        let Some((version, _)) = tx.peek_shared::<AutomationVersion>(&key)? else { return Ok(()) };
        let (id, on, entered) = (run.id.clone(), run.item.clone(), run.entered(item));
        let robots = &version.automation.robots;
        for (place, step) in run.steps.iter_mut().enumerate().filter(|(_, step)| has_time(step)) {
            let Some(spec) = robots.iter().find(|robot| robot.id == step.id) else { continue };
            if moves_with(spec, changed) {
                let timing = timing(tx, ctx, spec, item, entered)?;
                set_time(tx, ctx, (&id, &on), step, timing, place as u64)?;
            }
        }
        release_from(tx, ctx, run, &version.automation, item, 0, 0)
    })
}

/// Whether a step has a time that may still move: it has not been tried, and nobody asked for it to run now.
fn has_time(step: &Step) -> bool {
    let waits = !step.state.is_over() && step.state != StepState::WaitingPrevious;
    waits && step.tries == 0 && !step.committed && !step.by_person
}

/// Whether a robot's time hangs on one of `changed` fields.
fn moves_with(spec: &RobotSpec, changed: &[&str]) -> bool {
    let own_hours = || spec.working_time.as_ref().is_some_and(|rule| rule.calendar == "responsible");
    spec.run.field().is_some_and(|field| changed.contains(&field)) || (changed.contains(&"responsible") && own_hours())
}

/// Asks at once for what rescheduling reads: an item may wait under more versions than a decision has rounds.
fn want_versions(tx: &Tx<'_>, ctx: &OpContext, item: &Record, changed: &[&str]) -> Result<(), Halt> {
    let lane = tx.peek::<Lane>(&item.key.lane_key(ctx.tenant))?.map(|(lane, _)| lane).unwrap_or_default();
    let keys: Vec<Key> = lane.runs.iter().map(|id| Run::key(ctx.tenant, id)).collect();
    tx.want(&keys)?;
    let mut versions = Vec::new();
    for key in &keys {
        let run = tx.peek::<Run>(key)?.map(|(run, _)| run).filter(|run| run.steps.iter().any(has_time));
        versions.extend(run.and_then(|run| run.version_key(ctx.tenant)));
    }
    tx.want(&versions)?;
    let mut robots = Vec::new();
    for key in &versions {
        let Some((version, _)) = tx.peek_shared::<AutomationVersion>(key)? else { continue };
        let counting = version.automation.robots.iter().filter(|robot| robot.working_time.is_some() && moves_with(robot, changed));
        robots.extend(counting.cloned());
    }
    if robots.is_empty() {
        return Ok(());
    }
    fetch::around_item(tx, ctx, item)?;
    fetch::calendars(tx, ctx, &robots, item)
}

/// Loads every run of an item that is not over, lets `change` at it, and writes back what differs.
fn each_open_run(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    item: &RecordRef,
    mut change: impl FnMut(&mut Tx<'_>, &mut Run) -> Result<(), Halt>,
) -> Result<(), Halt> {
    let lane_key = item.lane_key(ctx.tenant);
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

/// Says whether a robot has started for the item too often to start now; else this start is noted.
fn loops(lane: &mut Lane, automation: &str, robot: &str, now: Timestamp) -> bool {
    lane.started.retain(|_, starts| {
        starts.retain(|at| now.since_ms(*at) < LOOP_WINDOW_MS);
        !starts.is_empty()
    });
    let starts = lane.started.entry(format!("{automation}/{robot}")).or_default();
    let often = starts.len() >= LOOP_RUNS_MAX;
    if !often {
        starts.push(now);
    }
    often
}
