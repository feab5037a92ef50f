//! When a run's steps are due, and the due rows that say so.

use crate::command::schedule::{Timing, timing};
use crate::context::OpContext;
use crate::key::{Key, Queue};
use crate::model::automation::{Automation, OnPreviousFailure};
use crate::model::due::Due;
use crate::model::ending::{CancelReason, FailureClass};
use crate::model::record::{Record, RecordRef};
use crate::model::run::{Run, Step, StepState};
use crate::refusal::Refusal;
use crate::time::Timestamp;
use crate::tx::{Halt, Tx};

/// Gives their time to the steps from `first` on that need not wait for a step that is still to
/// come. A step that is over at once releases the one after it in turn.
#[expect(
    clippy::too_many_arguments,
    reason = "what a step's time depends on is six things, none of which belong together elsewhere"
)]
pub(in crate::command) fn release_from(
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
        let Some(spec) = automation.robots.iter().find(|robot| Some(robot.id.as_str()) == id)
        else {
            continue;
        };

        let previous = place
            .checked_sub(1)
            .and_then(|before| run.steps.get(before))
            .map(|step| step.state.clone());
        let chained = spec.after_previous && previous.is_some();
        let free = !chained || previous.as_ref().is_some_and(StepState::is_over);
        let stopped = chained
            && spec.on_previous_failure == OnPreviousFailure::Stop
            && previous.as_ref().is_some_and(StepState::is_failure);

        let Some(step) = run.steps.get_mut(place) else { break };
        if step.state != StepState::WaitingPrevious || !free {
            continue;
        }

        if stopped {
            step.state = StepState::Cancelled { reason: CancelReason::PreviousFailed };
            step.ended_at = Some(ctx.now);
            continue;
        }

        let timing = timing(tx, ctx, spec, item, entered)?;
        set_time(tx, ctx, (&run.id, &run.item), step, timing, lane_seq)?;
    }

    Ok(())
}

/// Gives a step its time, and its due row where there is something to wait for.
pub(in crate::command) fn set_time(
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
            step.state = StepState::Failed {
                class: FailureClass::Permanent,
                code: code.into(),
                reason: message,
            };
            step.ended_at = Some(ctx.now);
            return Ok(());
        }

        Timing::At(at, note) => {
            step.note = note;
            (at, at)
        }

        Timing::Now(note) => {
            step.note = note;
            // A step is claimed once its moment has passed, so this one lies a millisecond back and
            // can run at once; nothing can be decided in between (ADR 0004).
            (ctx.now, ctx.now.plus_ms(-1))
        }
    };

    step.state = StepState::WaitingTime;
    step.due_at = Some(shown_at);
    put_due(tx, ctx, (run, item), step, (row_at, lane_seq))
}

/// Writes a step's due row, its moment and its number in the lane being `row`.
pub(in crate::command) fn put_due(
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
pub(in crate::command) fn drop_due(tx: &mut Tx<'_>, ctx: &OpContext, run: &str, step: &mut Step) {
    if let Some(row) = step.due_row.take() {
        // Without a precondition of its own: the run, whose row names it, is one.
        tx.delete(due_key(ctx, run, &step.id, row));
    }
}
