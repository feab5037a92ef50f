//! A page of the entries that a job goes through.

use crate::context::OpContext;
use crate::key::Key;
use crate::model::record::{IndexEntry, Record, RecordRef, records_of_kind};
use crate::read::Range;
use crate::tx::{Halt, Tx};

/// Entries that a job looks at before it gives way.
pub const BATCH: usize = 100;

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

/// A page of an index.
pub(super) fn index_page(tx: &mut Tx<'_>, prefix: Key, after: Option<Key>) -> Result<Batch, Halt> {
    let rows =
        tx.range::<IndexEntry>(&Range { prefix, after, limit: BATCH, newest_first: false })?;

    let entries: Vec<String> = rows.into_iter().map(|(_, entry)| entry.id).collect();
    let (last, looked_at) = (entries.last().cloned(), entries.len() as u64);
    Ok(Batch { more: entries.len() == BATCH, entries, last, looked_at })
}

/// A page of the records of a kind, and those of it that concern a job.
pub(super) fn record_page(
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
