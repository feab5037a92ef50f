//! Starting a job, and the due row that has it go on.

use crate::context::OpContext;
use crate::key::{Key, Queue};
use crate::model::due::Due;
use crate::model::job::{Job, Work};
use crate::time::Timestamp;
use crate::tx::{Halt, Tx};

/// Starts a job, or starts it anew from the beginning where one of its id is there.
pub(in crate::command) fn start(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    id: &str,
    work: Work,
) -> Result<Job, Halt> {
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
pub(super) fn go_on(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    job: &mut Job,
    in_ms: i64,
) -> Result<(), Halt> {
    // A number of its own each time: a row that is being worked on must not come again under the
    // same key.
    let number = job.due_row.map_or(0, |(_, number)| number + 1);
    drop_due(tx, ctx, job);

    let at = ctx.now.plus_ms(in_ms);
    tx.put(due_key(ctx, job, (at, number)), &Due::Job { id: job.id.clone() })?;
    job.due_row = Some((at, number));
    Ok(())
}

/// Takes a job's due row away.
pub(super) fn drop_due(tx: &mut Tx<'_>, ctx: &OpContext, job: &mut Job) {
    if let Some(row) = job.due_row.take() {
        tx.delete(due_key(ctx, job, row));
    }
}

/// Where a job's due row lies.
pub(super) fn due_key(ctx: &OpContext, job: &Job, (at, number): (Timestamp, u64)) -> Key {
    Key::due(Queue::Sweep, ctx.tenant, at, number, &format!("job/{}", job.id))
}
