//! Hands over the tasks and activities of an item that was merged into another one, where they were
//! too many for one commit.

use super::page::{BATCH, Batch, One};
use crate::command::hand_over;
use crate::context::OpContext;
use crate::key::Key;
use crate::model::record::{IndexEntry, Record, RecordRef, linked_to};
use crate::read::Range;
use crate::schema::built_in;
use crate::tx::{Halt, Tx};

/// How often the item that stays may have been merged into yet another one meanwhile.
const MERGES_MAX: usize = 4;

/// The next page of what is linked to the item that went, activities first. An entry is the key of
/// its index row.
pub(super) fn page(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    from: &RecordRef,
    after: Option<&str>,
) -> Result<Batch, Halt> {
    let after = after.and_then(key_of);
    let [activities, tasks] =
        [built_in::ACTIVITY, built_in::TASK].map(|kind| linked_to(ctx.tenant, kind, from));

    let at_tasks = after.as_ref().is_some_and(|after| after.starts_with(&tasks));
    // Where no activities are left, this look goes on with the tasks: a page without entries would
    // not move the cursor there.
    if !at_tasks {
        let entries = keys(tx, activities, after.clone())?;
        if !entries.is_empty() {
            return Ok(batch(entries, true));
        }
    }

    let entries = keys(tx, tasks, after.filter(|_| at_tasks))?;
    let more = entries.len() == BATCH;
    Ok(batch(entries, more))
}

/// Hands one task or activity over to the item that stays, or to the one that took that one over
/// since.
pub(super) fn one(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    (from, to): (&RecordRef, &RecordRef),
    entry: &str,
) -> Result<One, Halt> {
    let Some(key) = key_of(entry) else { return Ok(One::Nothing) };
    let kind = if key.starts_with(&linked_to(ctx.tenant, built_in::TASK, from)) {
        built_in::TASK
    } else {
        built_in::ACTIVITY
    };
    let Some((linked, _)) = tx.get::<IndexEntry>(&key)? else { return Ok(One::Nothing) };

    let what = RecordRef::new(kind, &linked.id);
    tx.want(&[what.key(ctx.tenant), to.key(ctx.tenant)])?;

    let Some(to) = survivor(tx, ctx, to.clone())? else { return Ok(One::Nothing) };
    Ok(if hand_over::one(tx, ctx, &what, from, &to)? { One::Done } else { One::Nothing })
}

/// The item that stays in the end; nothing where it was deleted.
fn survivor(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    mut to: RecordRef,
) -> Result<Option<RecordRef>, Halt> {
    for _ in 0..=MERGES_MAX {
        // A precondition: the item that stays may itself be merged at this moment.
        let Some((record, _)) = tx.get::<Record>(&to.key(ctx.tenant))? else { return Ok(None) };
        match (record.deleted_at, record.merged_into) {
            (None, _) => return Ok(Some(to)),
            (Some(_), Some(into)) => to.id = into,
            (Some(_), None) => return Ok(None),
        }
    }
    Ok(None)
}

fn batch(entries: Vec<String>, more: bool) -> Batch {
    Batch { last: entries.last().cloned(), looked_at: entries.len() as u64, entries, more }
}

fn keys(tx: &mut Tx<'_>, prefix: Key, after: Option<Key>) -> Result<Vec<String>, Halt> {
    let rows =
        tx.range::<IndexEntry>(&Range { prefix, after, limit: BATCH, newest_first: false })?;
    Ok(rows.into_iter().map(|(key, _)| hex::encode(key.as_bytes())).collect())
}

fn key_of(entry: &str) -> Option<Key> {
    hex::decode(entry).ok().map(|bytes| Key::from_bytes(&bytes))
}
