//! Carrying out a job: what each kind of work does to one entry, and how a job moves on.

use super::page::{Batch, One, index_page, record_page};
use super::replace::one_run;
use super::start::{drop_due, due_key, go_on};
use super::{apply, hand_over, held};
use crate::command::idle;
use crate::context::OpContext;
use crate::key::Key;
use crate::model::automation::Automation;
use crate::model::job::{Job, Work};
use crate::model::pauses::Pauses;
use crate::model::record::{Record, RecordRef};
use crate::model::run::Run;
use crate::tx::{Halt, Tx};

/// How long a job that starts robots or moves items waits between two batches, in milliseconds:
/// everything else comes first.
const PACE_MS: i64 = 1_000;

/// The job that a due row is for, and what it looks at next; nothing where the row is a leftover.
///
/// # Errors
/// What reading may say.
pub fn batch(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    id: &str,
    due: &Key,
) -> Result<Option<(Job, Batch)>, Halt> {
    // Peeks and pages are enough here: each entry is decided anew in a commit of its own.
    let Some((job, _)) = tx.peek::<Job>(&Job::key(ctx.tenant, id))? else { return Ok(None) };
    if job.ended_at.is_some() || job.due_row.is_none_or(|row| due_key(ctx, &job, row) != *due) {
        return Ok(None);
    }

    let batch = match &job.work {
        Work::Resume { of } => {
            let after = job.after.as_ref().map(|held| of.held_entry(ctx.tenant, held));
            index_page(tx, of.held(ctx.tenant), after)?
        }

        Work::Replace { automation, .. } => {
            let after =
                job.after.as_ref().map(|run| Run::waiting_entry(ctx.tenant, automation, run));
            index_page(tx, Run::waiting(ctx.tenant, automation), after)?
        }

        Work::Apply { automation, kind } => {
            apply::page(tx, ctx, (automation, kind), job.after.as_deref())?
        }

        Work::Watch { pipeline, kind, .. } => {
            let moves_there =
                |item: &Record| item.deleted_at.is_none() && item.text("pipeline") == pipeline;
            record_page(tx, ctx, kind, job.after.as_deref(), moves_there)?
        }

        Work::HandOver { from, .. } => hand_over::page(tx, ctx, from, job.after.as_deref())?,
    };

    Ok(Some((job, batch)))
}

/// What [`one`] reads at least, so that it costs one round.
fn about(ctx: &OpContext, job: &Job, entry: &str) -> Vec<Key> {
    let mut keys = vec![Job::key(ctx.tenant, &job.id)];
    match &job.work {
        Work::Resume { .. } => keys.push(Pauses::key(ctx.tenant)),
        Work::Replace { .. } => keys.push(Run::key(ctx.tenant, entry)),
        Work::Apply { automation, kind } => {
            let item = RecordRef::new(kind, entry);
            keys.extend([
                Automation::key(ctx.tenant, automation),
                item.key(ctx.tenant),
                item.lane_key(ctx.tenant),
            ]);
        }
        Work::Watch { kind, .. } => {
            let item = RecordRef::new(kind, entry);
            keys.extend([item.key(ctx.tenant), item.lane_key(ctx.tenant)]);
        }
        Work::HandOver { from, to } => {
            keys.extend([from.lane_key(ctx.tenant), to.lane_key(ctx.tenant), to.key(ctx.tenant)]);
        }
    }

    keys
}

/// Does a job's work on one entry and notes that in the same commit.
///
/// # Errors
/// What reading may say; never a refusal: what cannot be done is left.
pub fn one(tx: &mut Tx<'_>, ctx: &OpContext, job: &Job, entry: &str) -> Result<One, Halt> {
    tx.want(&about(ctx, job, entry))?;

    let key = Job::key(ctx.tenant, &job.id);
    let (mut now, _) = tx.require::<Job>(&key)?;
    // It was started anew while this batch was under way, and begins again from the first entry.
    if now.started_at != job.started_at || now.work != job.work {
        return Ok(One::Nothing);
    }

    let came = match &job.work {
        Work::Resume { of } => held::let_go(tx, ctx, of, entry)?,
        Work::Replace { .. } => {
            if one_run(tx, ctx, entry)?.is_some() {
                One::Done
            } else {
                One::Nothing
            }
        }
        Work::Apply { automation, kind } => {
            apply::one(tx, ctx, automation, &RecordRef::new(kind, entry))?
        }
        Work::Watch { kind, idle_ms, .. } => {
            idle::watch(tx, ctx, &RecordRef::new(kind, entry), idle_ms)?
        }
        Work::HandOver { from, to } => hand_over::one(tx, ctx, (from, to), entry)?,
    };

    // Only what was done is noted here. The rest moves on with its batch, and to look at it twice
    // does no harm.
    if came == One::Done {
        now.done += 1;
        now.after = Some(entry.to_owned());
        tx.put(key, &now)?;
    }

    Ok(came)
}

/// Ends a batch: the job goes on behind `last`, is done, or, where something came in between, looks
/// at the rest again later.
///
/// # Errors
/// What reading may say.
pub fn advance(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    id: &str,
    due: &Key,
    batch: &Batch,
    stopped: bool,
) -> Result<(), Halt> {
    let key = Job::key(ctx.tenant, id);
    let Some((mut job, _)) = tx.get::<Job>(&key)? else { return Ok(()) };

    if job.due_row.is_none_or(|row| due_key(ctx, &job, row) != *due) {
        // It was started anew meanwhile and has another row.
        tx.delete(due.clone());
        return Ok(());
    }

    let paced = matches!(job.work, Work::Apply { .. } | Work::Watch { .. });
    // Something came in between: the cursor stays at the last entry that was done, and the rest is
    // looked at again.
    if stopped {
        go_on(tx, ctx, &mut job, PACE_MS)?;
    } else {
        job.looked_at += batch.looked_at;
        job.after = batch.last.clone().or(job.after);

        if batch.more {
            go_on(tx, ctx, &mut job, if paced { PACE_MS } else { 0 })?;
        } else {
            drop_due(tx, ctx, &mut job);
            job.ended_at = Some(ctx.now);
        }
    }

    tx.put(key, &job)?;
    Ok(())
}
