//! Rows that are due and have to wait for their lane: it is busy, or an earlier row of theirs is
//! left alone for a while.

use std::collections::{BTreeMap, HashMap};

use stagewright_core::id::TenantId;
use stagewright_core::key::{DueKey, Key, Queue};

/// The first row that waits, by lane and queue. Later rows of a lane wait behind it and are found
/// again from there, so that order within a lane is strict.
#[derive(Debug, Default)]
pub(super) struct Waiting(HashMap<(TenantId, String), BTreeMap<Queue, Key>>);

impl Waiting {
    /// Notes that a row waits.
    pub(super) fn hold(&mut self, tenant: TenantId, lane: String, queue: Queue, key: Key) {
        let rows = self.0.entry((tenant, lane)).or_default();
        if rows.get(&queue).is_none_or(|first| key < *first) {
            rows.insert(queue, key);
        }
    }

    /// Whether an earlier row of the lane waits.
    pub(super) fn are_before(&self, tenant: TenantId, lane: &str, queue: Queue, key: &Key) -> bool {
        let rows = self.0.get(&(tenant, lane.to_owned()));
        rows.and_then(|rows| rows.get(&queue)).is_some_and(|first| first < key)
    }

    /// Takes the first waiting row of each queue of a lane that is free now. They are to be looked
    /// at again, in order.
    pub(super) fn take(&mut self, tenant: TenantId, lane: &str) -> impl Iterator<Item = DueKey> {
        let rows = self.0.remove(&(tenant, lane.to_owned())).unwrap_or_default();
        rows.into_values().filter_map(|key| key.as_due())
    }

    /// Forgets a row that is to be looked at again, or may have gone.
    pub(super) fn release(&mut self, key: &Key) {
        self.0.retain(|_, rows| {
            rows.retain(|_, first| first != key);
            !rows.is_empty()
        });
    }
}
