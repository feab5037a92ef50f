//! What becomes of a run when one of its steps has been tried.

use serde_json::{Map, Value, json};

use super::plan::spec_of;
use crate::call::{Blame, CallFailure, Retry};
use crate::command::note;
use crate::command::runs::{drop_due, due_key, keep, release_from};
use crate::context::OpContext;
use crate::limits::STEP_ATTEMPTS_MAX;
use crate::model::automation::AutomationVersion;
use crate::model::due::Due;
use crate::model::record::{Lane, Record};
use crate::model::run::{Attempt, AttemptError, Run, Step, StepState};
use crate::refusal::Refusal;
use crate::time::Timestamp;
use crate::tx::{Halt, Tx};

/// How a try of a step ended.
#[derive(Clone, Debug)]
pub enum Ending {
    /// The robot did it; its effects are in the same commit.
    Done {
        /// What it gave.
        results: Map<String, Value>,
        /// What it did, in words.
        effects: Vec<String>,
        /// The deliveries it asked for.
        deliveries: Vec<String>,
    },
    /// There was nothing to do.
    Skipped(String),
    /// It failed; nothing it recorded is kept.
    Failed(CallFailure),
}

/// Records a try and moves the run on: the step's state, its successors' times, the lane. A failed try is repeated later where
/// that may help.
///
/// # Errors
/// `step.over` where the step was cancelled meanwhile, and what reading may say.
pub fn settle(tx: &mut Tx<'_>, ctx: &OpContext, run_id: &str, step_id: &str, ending: Ending, attempt: Attempt) -> Result<(), Halt> {
    let key = Run::key(ctx.tenant, run_id);
    let (mut run, _) = tx.require::<Run>(&key)?;
    tx.want(&[run.item.lane_key(ctx.tenant), run.item.key(ctx.tenant)])?;
    let lane_key = run.item.lane_key(ctx.tenant);
    let spec = spec_of(tx, ctx, &run, step_id)?;
    let Some(place) = run.step(step_id).filter(|(_, step)| !step.state.is_over()).map(|(place, _)| place) else {
        return Err(Refusal::conflict("step.over", "the step is over already").into());
    };
    let (id, item) = (run.id.clone(), run.item.clone());
    let name = if spec.name.is_empty() { spec.id } else { spec.name };
    let Some(step) = run.steps.get_mut(place) else { return Err(Refusal::not_found("step").into()) };
    drop_due(tx, ctx, &id, step);
    let retry_at = end_step(step, ctx, ending, attempt);
    if retry_at.is_none() {
        let (text, state) = (sentence(&name, step), json!(step.state));
        note(tx, ctx, &item, "robot", text, json!({"run": id, "step": step.id, "state": state}))?;
    }
    let mut lane = tx.get::<Lane>(&lane_key)?.map(|(lane, _)| lane).unwrap_or_default();
    match retry_at {
        Some(at) => {
            step.due_row = Some((at, lane.seq));
            let due = Due::Step { run: id.clone(), step: step.id.clone(), item: item.clone() };
            tx.put(due_key(ctx, &id, &step.id, (at, lane.seq)), &due)?;
        }
        None => {
            if let Some((record, _)) = tx.peek::<Record>(&item.key(ctx.tenant))? {
                release_next(tx, ctx, &mut run, &record, place + 1, lane.seq)?;
            }
        }
    }
    keep(tx, ctx, &mut run, &mut lane)?;
    tx.put(lane_key, &lane)?;
    Ok(())
}

/// Gives their time to the steps that waited for this one.
fn release_next(tx: &mut Tx<'_>, ctx: &OpContext, run: &mut Run, item: &Record, first: usize, seq: u64) -> Result<(), Halt> {
    let Some((automation, version)) = run.automation.clone() else { return Ok(()) };
    let key = AutomationVersion::key(ctx.tenant, &automation, version);
    let Some((version, _)) = tx.peek::<AutomationVersion>(&key)? else { return Ok(()) };
    release_from(tx, ctx, run, &version.automation, item, first, seq)
}

/// Writes a try into its step; gives the moment of the next one where there is to be one.
fn end_step(step: &mut Step, ctx: &OpContext, ending: Ending, mut attempt: Attempt) -> Option<Timestamp> {
    step.tries += 1;
    let mut retry_at = None;
    match ending {
        Ending::Done { results, effects, deliveries } => {
            step.state = StepState::Done;
            (step.results, step.effects, step.deliveries) = (results, effects, deliveries);
        }
        Ending::Skipped(reason) => step.state = StepState::Skipped { reason },
        Ending::Failed(failure) => {
            retry_at = next_try(step.tries, &failure, ctx.now);
            attempt.error =
                Some(AttemptError { code: failure.code.clone(), message: failure.message.clone(), blame: failure.blame, retry_at });
            step.state = match retry_at {
                Some(_) => StepState::WaitingTime,
                None => failed(failure),
            };
        }
    }
    step.attempts.push(attempt);
    if step.attempts.len() > 10 {
        step.attempts.remove(0);
    }
    match retry_at {
        Some(at) => step.due_at = Some(at),
        None => step.ended_at = Some(ctx.now),
    }
    retry_at
}

fn failed(failure: CallFailure) -> StepState {
    let class = if failure.retry == Retry::Never { "permanent" } else { "transient" };
    StepState::Failed { class: class.to_owned(), code: failure.code, reason: failure.message }
}

/// When a failed step is tried again: after 10 s, 40 s, 160 s, ... or later if it asked for that. A plugin that crashes or passes
/// a limit is tried twice only, since it will most likely do so again.
fn next_try(tries: u32, failure: &CallFailure, now: Timestamp) -> Option<Timestamp> {
    let Retry::After(at_least_ms) = failure.retry else { return None };
    let tries_max = if failure.blame == Blame::Plugin && failure.code.starts_with("limit.") { 2 } else { STEP_ATTEMPTS_MAX };
    if tries >= tries_max {
        return None;
    }
    let back_off_ms = 10_000_i64.saturating_mul(4_i64.saturating_pow(tries.saturating_sub(1)));
    Some(now.plus_ms(back_off_ms.max(at_least_ms)))
}

fn sentence(name: &str, step: &Step) -> String {
    match &step.state {
        StepState::Done => match step.effects.is_empty() {
            true => format!("robot {name}: done"),
            false => format!("robot {name}: {}", step.effects.join("; ")),
        },
        StepState::Skipped { reason } => format!("robot {name} skipped: {reason}"),
        StepState::Failed { reason, .. } => format!("robot {name} failed: {reason}"),
        _ => format!("robot {name}"),
    }
}
