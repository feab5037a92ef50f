//! Work of the host that is done in batches: what each kind of it does to one entry, and how a job
//! moves on.
//!
//! A job looks at a page of entries, decides each in a commit of its own that notes how far it has
//! come, and puts its due row anew while there is more. So it survives a restart, does nothing
//! twice, and holds nobody up.

mod apply;
mod hand_over;
mod held;
mod replace;

pub use apply::{Applicable, applicable, is_without};
pub(in crate::command) use held::hold_back;
pub use held::{pause, resume};
pub use replace::one_run;
pub(in crate::command) use replace::{catch_up, work as replacing};

use crate::command::idle;
use crate::context::OpContext;
use crate::key::{Key, Queue};
use crate::model::automation::Automation;
use crate::model::due::Due;
use crate::model::job::{Job, Work};
use crate::model::pauses::Pauses;
use crate::model::record::{IndexEntry, Record, RecordRef, records_of_kind};
use crate::model::run::Run;
use crate::read::Range;
use crate::tx::{Halt, Tx};

/// Entries that a job looks at before it gives way.
pub const BATCH: usize = 100;
/// How long a job that starts robots or moves items waits between two batches, in milliseconds:
/// everything else comes first.
const PACE_MS: i64 = 1_000;

/// What a job is to look at next.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Batch {
    /// The entries that concern it, in order.
    pub entries: Vec<String>,
    /// The last entry of the page, whether it concerns the job or not.
    pub last: Option<String>,
    /// How many entries the page has.
    pub looked_at: u64,
    /// Whether there is more behind it.
    pub more: bool,
}

/// What became of one entry.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum One {
    /// Something was done.
    Done,
    /// There was nothing to do.
    Nothing,
    /// Something else of the item comes first; look again later.
    Later,
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

/// Starts a job, or starts it anew from the beginning where one of its id is there.
pub(super) fn start(tx: &mut Tx<'_>, ctx: &OpContext, id: &str, work: Work) -> Result<Job, Halt> {
    let key = Job::key(ctx.tenant, id);
    let before = tx.get::<Job>(&key)?.map(|(job, _)| job);

    // The due row of the job that was there is taken over, so that it is dropped and its number is
    // not used again.
    let mut job = Job {
        id: id.to_owned(),
        work,
        by: ctx.doer(),
        started_at: ctx.now,
        ended_at: None,
        looked_at: 0,
        done: 0,
        after: None,
        due_row: before.and_then(|before| before.due_row),
    };

    go_on(tx, ctx, &mut job, 0)?;
    tx.put(key, &job)?;
    Ok(job)
}

/// Puts a job's due row anew, so many milliseconds from now.
fn go_on(tx: &mut Tx<'_>, ctx: &OpContext, job: &mut Job, in_ms: i64) -> Result<(), Halt> {
    // A number of its own each time: a row that is being worked on must not come again under the
    // same key.
    let number = job.due_row.map_or(0, |(_, number)| number + 1);
    drop_due(tx, ctx, job);

    let at = ctx.now.plus_ms(in_ms);
    tx.put(due_key(ctx, job, (at, number)), &Due::Job { id: job.id.clone() })?;
    job.due_row = Some((at, number));
    Ok(())
}

fn drop_due(tx: &mut Tx<'_>, ctx: &OpContext, job: &mut Job) {
    if let Some(row) = job.due_row.take() {
        tx.delete(due_key(ctx, job, row));
    }
}

fn due_key(ctx: &OpContext, job: &Job, (at, number): (crate::time::Timestamp, u64)) -> Key {
    Key::due(Queue::Sweep, ctx.tenant, at, number, &format!("job/{}", job.id))
}

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

/// A page of an index.
fn index_page(tx: &mut Tx<'_>, prefix: Key, after: Option<Key>) -> Result<Batch, Halt> {
    let rows =
        tx.range::<IndexEntry>(&Range { prefix, after, limit: BATCH, newest_first: false })?;

    let entries: Vec<String> = rows.into_iter().map(|(_, entry)| entry.id).collect();
    let (last, looked_at) = (entries.last().cloned(), entries.len() as u64);
    Ok(Batch { more: entries.len() == BATCH, entries, last, looked_at })
}

/// A page of the records of a kind, and those of it that concern a job.
fn record_page(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    kind: &str,
    after: Option<&str>,
    concerns: impl Fn(&Record) -> bool,
) -> Result<Batch, Halt> {
    let after = after.map(|id| RecordRef::new(kind, id).key(ctx.tenant));
    let range = Range {
        prefix: records_of_kind(ctx.tenant, kind),
        after,
        limit: BATCH,
        newest_first: false,
    };

    let records: Vec<Record> =
        tx.range::<Record>(&range)?.into_iter().map(|(_, record)| record).collect();
    let entries = records
        .iter()
        .filter(|record| concerns(record))
        .map(|record| record.key.id.clone())
        .collect();
    let last = records.last().map(|record| record.key.id.clone());
    Ok(Batch { entries, last, looked_at: records.len() as u64, more: records.len() == BATCH })
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

/// Starts the job that applies an automation to the items that stand on its stage already.
///
/// # Errors
/// `not-found`, `automation.nothing-to-apply`.
pub fn apply(tx: &mut Tx<'_>, ctx: &OpContext, automation: &str) -> Result<Job, Halt> {
    let kind = applicable(tx, ctx, automation)?.version.automation.kind;
    let id = tx.new_id(ctx, "job");
    start(tx, ctx, &id, Work::Apply { automation: automation.to_owned(), kind })
}
