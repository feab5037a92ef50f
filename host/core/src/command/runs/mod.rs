//! Runs: starting them, keeping their due rows, cancelling what waits.
//!
//! `times` gives steps their moments, `open` goes through an item's runs that are not over,
//! `moments` moves what hangs on a field.

mod moments;
mod open;
mod times;

use serde_json::Map;

pub(in crate::command) use moments::reschedule;
pub(in crate::command) use open::{cancel_all, cancel_for_stage, cancel_steps};
pub(in crate::command) use times::{drop_due, put_due, release_from, set_time};

use super::fetch;
use crate::context::{Cause, OpContext};
use crate::limits::{LOOP_RUNS_MAX, LOOP_WINDOW_MS, OPEN_RUNS_MAX};
use crate::model::automation::{AutomationVersion, OnLeave, RobotSpec};
use crate::model::ending::{CancelReason, FailureClass};
use crate::model::record::{IndexEntry, Lane, Record, RecordRef};
use crate::model::run::{Run, Step, StepState};
use crate::time::Timestamp;
use crate::tx::{Halt, Tx};

/// Starts a stage's automation for an item that came to the stage at `entered`; `takes_part` says
/// which robots do. Gives the run's id.
pub(super) fn start(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    item: &Record,
    (version, entered): (&AutomationVersion, Timestamp),
    takes_part: impl Fn(&RobotSpec) -> bool,
) -> Result<String, Halt> {
    let lane_key = item.key.lane_key(ctx.tenant);
    // The lane names the item's open runs and is a precondition: a run that starts and an item that
    // leaves its stage cannot pass each other unseen (ADR 0003).
    let mut lane = tx.get_or_default::<Lane>(&lane_key)?;

    let automation = &version.automation;
    let mut run = new_run(tx, ctx, &item.key);
    run.automation = Some((automation.id.clone(), version.version));
    run.stage = Some(automation.stage.clone());
    run.epoch = Some(item.stage_epoch);
    run.entered_at = Some(entered);

    for spec in &automation.robots {
        let mut step = waiting_step(spec);
        // The guard counts last, since only a robot that is to run counts as started.
        if !takes_part(spec) {
            step.state = StepState::Cancelled { reason: CancelReason::StageLeft };
            step.ended_at = Some(ctx.now);
        } else if lane.runs.len() >= OPEN_RUNS_MAX {
            let message = format!(
                "{OPEN_RUNS_MAX} runs of this item are not over; cancel some of them, then retry \
                 this one"
            );
            step.state = StepState::Failed {
                class: FailureClass::Permanent,
                code: "run.too-many".into(),
                reason: message,
            };
            step.ended_at = Some(ctx.now);
        } else if loops(&mut lane, &automation.id, &spec.id, ctx.now) {
            step.state = StepState::LoopGuard { path: ctx.cause.chain.clone() };
            step.ended_at = Some(ctx.now);
        }
        run.steps.push(step);
    }

    fetch::calendars(tx, ctx, &automation.robots, item)?;
    release_from(tx, ctx, &mut run, automation, item, 0, lane.seq)?;

    // No guard is kept for this range: a job that decides on it has the lane as a precondition,
    // which every run that starts writes.
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
        by: None,
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

/// Writes a run and keeps the lane's list of runs that are not over, and the automation's list of
/// those that wait.
pub(super) fn keep(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    run: &mut Run,
    lane: &mut Lane,
) -> Result<(), Halt> {
    // No guard here either: a version that is published at this moment is noticed by `catch_up`,
    // whose precondition is the job's row (ADR 0009).
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

/// Says whether a robot has started for the item too often to start now; else this start is noted.
fn loops(lane: &mut Lane, automation: &str, robot: &str, now: Timestamp) -> bool {
    // The lane is written with every event, so it has to stay small: what lies outside the window
    // goes, and so does a robot without starts.
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
