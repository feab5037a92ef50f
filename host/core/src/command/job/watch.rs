//! Sets the timers of items that nobody touches, once a trigger waits for a duration that nobody waited for before.

use super::{BATCH, Batch, One, record_page};
use crate::command::idle;
use crate::context::OpContext;
use crate::model::record::RecordRef;
use crate::tx::{Halt, Tx};

/// The next page of items, and those of it that move through the pipeline.
pub(super) fn page(tx: &mut Tx<'_>, ctx: &OpContext, (pipeline, kind): (&str, &str), after: Option<&str>) -> Result<Batch, Halt> {
    let items = record_page(tx, ctx, kind, after)?;
    let there = items.iter().filter(|item| item.deleted_at.is_none() && item.text("pipeline") == pipeline);
    let entries = there.map(|item| item.key.id.clone()).collect();
    let last = items.last().map(|item| item.key.id.clone());
    Ok(Batch { entries, last, looked_at: items.len() as u64, more: items.len() == BATCH })
}

/// Sets one item's timer, or tells at once of a silence that has lasted so long already.
pub(super) fn one(tx: &mut Tx<'_>, ctx: &OpContext, item: &RecordRef, idle_ms: &[i64]) -> Result<One, Halt> {
    match idle::watch(tx, ctx, item, idle_ms)? {
        idle::Watched::NotYet => Ok(One::Later),
        idle::Watched::Set => Ok(One::Done),
        idle::Watched::Nothing => Ok(One::Nothing),
    }
}
