//! What becomes of a run when one of its steps has been tried.

use serde_json::{Map, Value, json};

use super::plan::holding;
use super::version::spec_of;
use crate::call::{CallFailure, Retry};
use crate::command::job::{catch_up, hold_back};
use crate::command::note;
use crate::command::runs::{drop_due, keep, put_due, release_from, set_time};
use crate::command::schedule::{Timing, outside_hours};
use crate::condition::Judged;
use crate::context::OpContext;
use crate::limits::STEP_ATTEMPTS_MAX;
use crate::model::automation::AutomationVersion;
use crate::model::ending::FailureClass;
use crate::model::pauses::{Held, Pauses};
use crate::model::record::{Lane, Record};
use crate::model::run::{Attempt, AttemptError, Run, Step, StepState};
use crate::overtaken::Overtaken;
use crate::refusal::Refusal;
use crate::time::Timestamp;
use crate::tx::{Halt, Tx};

/// Longest time that a failed robot may ask to be left alone for, in milliseconds: a day.
const RETRY_MS_MAX: i64 = 86_400_000;
/// How often a step is tried whose plugin passes a limit each time.
const TRIES_OVER_LIMIT_MAX: u32 = 2;

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
        /// When it is done, where that is later: it waits until then and is not called again.
        until: Option<Timestamp>,
    },
    /// There was nothing to do.
    Skipped(String),
    /// It failed; nothing it recorded is kept.
    Failed(CallFailure),
}

/// Records a try and moves the run on: the step's state and condition, its successors' times, the
/// lane. A failed try is repeated later where that may help. A step that is done later waits for
/// that moment like any other: leaving the stage cancels it.
///
/// # Errors
/// [`Overtaken::StepOver`] where the step was cancelled meanwhile, and what reading may say.
pub fn settle(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    (run_id, step_id): (&str, &str),
    ending: Ending,
    attempt: Attempt,
    condition: Option<Judged>,
) -> Result<(), Halt> {
    let (mut run, place) = open_step(tx, ctx, run_id, step_id)?;
    let Some(step) = run.steps.get_mut(place) else {
        return Err(Refusal::not_found("step").into());
    };

    step.condition = condition;
    let again_at = end_step(step, ctx, ending, attempt);
    move_on(tx, ctx, run, place, again_at)
}

/// Ends a step whose effects are committed and whose moment has come.
///
/// # Errors
/// [`Overtaken::StepOver`] where the step was cancelled meanwhile, and what reading may say.
pub fn finish(tx: &mut Tx<'_>, ctx: &OpContext, run_id: &str, step_id: &str) -> Result<(), Halt> {
    let (mut run, place) = open_step(tx, ctx, run_id, step_id)?;
    let Some(step) = run.steps.get_mut(place).filter(|step| step.committed) else {
        return Err(Overtaken::StepOver.into());
    };

    (step.state, step.ended_at) = (StepState::Done, Some(ctx.now));
    move_on(tx, ctx, run, place, None)
}

/// Leaves a due step until its automation or plugin is resumed. Gives whether it waits now: it may
/// have been resumed meanwhile.
///
/// # Errors
/// [`Overtaken::StepOver`] where the step was cancelled meanwhile, and what reading may say.
pub fn pause(tx: &mut Tx<'_>, ctx: &OpContext, run_id: &str, step_id: &str) -> Result<bool, Halt> {
    let (mut run, place) = open_step(tx, ctx, run_id, step_id)?;

    // A precondition: were it resumed at this moment, the job that resumes would not find the step.
    let plugin = run.steps.get(place).map(|step| step.plugin.clone()).unwrap_or_default();
    let Some(by) = holding(tx.get::<Pauses>(&Pauses::key(ctx.tenant))?, &run, &plugin) else {
        return Ok(false);
    };

    let Some(step) = run.steps.get_mut(place) else {
        return Err(Refusal::not_found("step").into());
    };

    drop_due(tx, ctx, run_id, step);
    step.state = StepState::Paused { by: by.kind() };
    hold_back(tx, ctx, &by, &Held::Step(run_id.to_owned(), step_id.to_owned()))?;

    let mut lane = tx.get_or_default::<Lane>(&run.item.lane_key(ctx.tenant))?;
    keep(tx, ctx, &mut run, &mut lane)?;
    Ok(true)
}

/// Leaves a due step until people work again, where its robot keeps working time. Gives whether it
/// waits now.
///
/// # Errors
/// [`Overtaken::StepOver`] where the step was cancelled meanwhile, and what reading may say.
pub fn postpone(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    run_id: &str,
    step_id: &str,
) -> Result<bool, Halt> {
    let (mut run, place) = open_step(tx, ctx, run_id, step_id)?;
    let spec = spec_of(tx, ctx, &run, step_id)?;
    let (item, _) = tx.require::<Record>(&run.item.key(ctx.tenant))?;
    let mut lane = tx.get_or_default::<Lane>(&run.item.lane_key(ctx.tenant))?;

    let (id, on, was_listed) = (run.id.clone(), run.item.clone(), run.listed);
    let Some(step) = run.steps.get_mut(place) else {
        return Err(Refusal::not_found("step").into());
    };

    // Looked at again, since the plan that led here made nothing it read a precondition.
    let Some((at, note)) = outside_hours(tx, ctx, (&spec, step), &item)? else { return Ok(false) };

    set_time(tx, ctx, (&id, &on), step, Timing::At(at, note), lane.seq)?;
    keep(tx, ctx, &mut run, &mut lane)?;

    // A run that had nothing to wait for was in no list when a newer version replaced its own (ADR
    // 0009).
    if run.listed && !was_listed {
        catch_up(tx, ctx, &run)?;
    }

    Ok(true)
}

/// A run and the place of one of its steps that is not over, with what moving it on reads.
fn open_step(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    run_id: &str,
    step_id: &str,
) -> Result<(Run, usize), Halt> {
    // The precondition of all that follows: leaving the stage and cancelling write the run, so a
    // step that was cancelled meanwhile is never settled.
    let (run, _) = tx.require::<Run>(&Run::key(ctx.tenant, run_id))?;
    tx.want(&[run.item.lane_key(ctx.tenant), run.item.key(ctx.tenant)])?;

    let place = run.step(step_id).filter(|(_, step)| !step.state.is_over()).map(|(place, _)| place);
    Ok((run, place.ok_or(Overtaken::StepOver)?))
}

/// Tells the item's timeline what became of a step, unless it is merely tried again, and gives the
/// step its next moment or its successors theirs.
fn move_on(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    mut run: Run,
    place: usize,
    again_at: Option<Timestamp>,
) -> Result<(), Halt> {
    let (id, item) = (run.id.clone(), run.item.clone());
    let Some(step) = run.steps.get_mut(place) else {
        return Err(Refusal::not_found("step").into());
    };

    drop_due(tx, ctx, &id, step);
    if again_at.is_none() || step.committed {
        let (step_id, state, step) = (step.id.clone(), json!(step.state), step.clone());
        // A version that has this robot no more must not keep the step from ending: the step is
        // told of by its id.
        let name = match spec_of(tx, ctx, &run, &step_id) {
            Ok(spec) => Some(spec.name).filter(|name| !name.is_empty()),
            Err(Halt::Refused(_)) => None,
            Err(other) => return Err(other),
        };
        let name = name.unwrap_or_else(|| step_id.clone());
        note(
            tx,
            ctx,
            &item,
            "robot",
            sentence(&name, &step),
            json!({"run": id, "step": step_id, "state": state}),
        )?;
    }

    // Read only now: the note has written the lane, and a lane from before it would undo that.
    let lane_key = item.lane_key(ctx.tenant);
    let mut lane = tx.get_or_default::<Lane>(&lane_key)?;

    match (again_at, run.steps.get_mut(place)) {
        (Some(at), Some(step)) => put_due(tx, ctx, (&id, &item), step, (at, lane.seq))?,
        _ => {
            // A peek is enough: every change of the item writes its lane, which is a precondition
            // here.
            if let Some((record, _)) = tx.peek::<Record>(&item.key(ctx.tenant))? {
                release_next(tx, ctx, &mut run, &record, place + 1, lane.seq)?;
            }
        }
    }

    let was_listed = run.listed;
    keep(tx, ctx, &mut run, &mut lane)?;
    tx.put(lane_key, &lane)?;

    // It begins to wait only now: a version that was published before did not see it in the list
    // (ADR 0009).
    if run.listed && !was_listed {
        catch_up(tx, ctx, &run)?;
    }

    Ok(())
}

/// Gives their time to the steps that waited for this one.
fn release_next(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    run: &mut Run,
    item: &Record,
    first: usize,
    seq: u64,
) -> Result<(), Halt> {
    let Some((automation, version)) = run.automation.clone() else { return Ok(()) };
    let key = AutomationVersion::key(ctx.tenant, &automation, version);
    let Some((version, _)) = tx.peek_shared::<AutomationVersion>(&key)? else { return Ok(()) };

    release_from(tx, ctx, run, &version.automation, item, first, seq)
}

/// Writes a try into its step; gives the moment at which it is looked at again, to be tried anew or
/// to be done.
fn end_step(
    step: &mut Step,
    ctx: &OpContext,
    ending: Ending,
    mut attempt: Attempt,
) -> Option<Timestamp> {
    step.tries += 1;
    // A person's wish that working time does not matter holds for one try.
    step.by_person = false;

    let mut again_at = None;
    match ending {
        Ending::Done { results, effects, deliveries, until } => {
            again_at = until.filter(|until| *until > ctx.now);
            (step.results, step.effects, step.deliveries) = (results, effects, deliveries);
            step.committed = again_at.is_some();
            step.state = if step.committed { StepState::WaitingTime } else { StepState::Done };
            step.note = again_at.map(|at| format!("waits until {at}")).or(step.note.take());
        }

        Ending::Skipped(reason) => step.state = StepState::Skipped { reason },

        Ending::Failed(failure) => {
            again_at = next_try(step.tries, &failure, ctx.now);
            let (code, message) = (failure.code.clone(), failure.message.clone());
            attempt.error =
                Some(AttemptError { code, message, blame: failure.blame, retry_at: again_at });
            step.state = match again_at {
                Some(_) => StepState::WaitingTime,
                None => failed(failure),
            };
        }
    }

    // All steps of a run with their tries are one row (ADR 0003), so the oldest tries go.
    step.attempts.push(attempt);
    if step.attempts.len() > 10 {
        step.attempts.remove(0);
    }

    match again_at {
        Some(at) => step.due_at = Some(at),
        None => step.ended_at = Some(ctx.now),
    }

    again_at
}

fn failed(failure: CallFailure) -> StepState {
    let class = match failure.retry {
        Retry::Never => FailureClass::Permanent,
        Retry::After(_) => FailureClass::Transient,
    };
    StepState::Failed { class, code: failure.code, reason: failure.message }
}

/// When a failed step is tried again: after 10 s, 40 s, 160 s, ... or later if it asked for that. A
/// plugin that crashes or passes a limit is tried twice only, since it will most likely do so
/// again.
fn next_try(tries: u32, failure: &CallFailure, now: Timestamp) -> Option<Timestamp> {
    let Retry::After(at_least_ms) = failure.retry else { return None };

    let tries_max = match failure.passed_limit() {
        Some(_) => TRIES_OVER_LIMIT_MAX,
        None => STEP_ATTEMPTS_MAX,
    };
    if tries >= tries_max {
        return None;
    }

    let back_off_ms = 10_000_i64.saturating_mul(4_i64.saturating_pow(tries.saturating_sub(1)));
    // What it asks for may come from a server outside.
    Some(now.plus_ms(back_off_ms.max(at_least_ms.min(RETRY_MS_MAX))))
}

fn sentence(name: &str, step: &Step) -> String {
    match &step.state {
        // What it did was told when it began to wait.
        StepState::Done if step.committed => format!("robot {name}: done"),
        StepState::Done if step.effects.is_empty() => format!("robot {name}: done"),
        StepState::Done => format!("robot {name}: {}", step.effects.join("; ")),
        StepState::WaitingTime => {
            let note = step
                .note
                .as_deref()
                .filter(|note| !step.effects.iter().any(|effect| effect == note));
            let did = step.effects.iter().map(String::as_str).chain(note);
            format!("robot {name}: {}", did.collect::<Vec<_>>().join("; "))
        }
        StepState::Skipped { reason } => {
            match step.condition.as_ref().filter(|judged| !judged.holds()) {
                Some(judged) => {
                    format!("robot {name} skipped: {reason}: {}", judged.reasons().join("; "))
                }
                None => format!("robot {name} skipped: {reason}"),
            }
        }
        StepState::Failed { reason, .. } => format!("robot {name} failed: {reason}"),
        _ => format!("robot {name}"),
    }
}
