//! When each tenant has something due next, per queue. Memory grows with tenants that wait for something, never with rows.

use std::collections::{BTreeMap, BTreeSet};

use stagewright_core::id::TenantId;
use stagewright_core::key::Queue;
use stagewright_core::time::Timestamp;

type Place = (Queue, TenantId);

/// The next moment of every (queue, tenant) that has a due row. A moment may be too early, never too late.
#[derive(Debug, Default)]
pub(super) struct Horizon {
    next: BTreeMap<Place, Timestamp>,
    order: BTreeSet<(Timestamp, Place)>,
}

impl Horizon {
    /// Notes that something is due at `at`.
    pub(super) fn note(&mut self, queue: Queue, tenant: TenantId, at: Timestamp) {
        let sooner = self.next.get(&(queue, tenant)).is_none_or(|known| at < *known);
        if sooner {
            self.set(queue, tenant, Some(at));
        }
    }

    /// Sets the next moment after a look at the rows; nothing when there are none.
    pub(super) fn set(&mut self, queue: Queue, tenant: TenantId, at: Option<Timestamp>) {
        let place = (queue, tenant);
        if let Some(before) = self.next.remove(&place) {
            self.order.remove(&(before, place));
        }
        if let Some(at) = at {
            self.next.insert(place, at);
            self.order.insert((at, place));
        }
    }

    /// The tenants of `queue` with something due by `bound`.
    pub(super) fn due(&self, queue: Queue, bound: Timestamp) -> Vec<TenantId> {
        let due = self.order.iter().take_while(|(at, _)| *at <= bound);
        due.filter(|(_, place)| place.0 == queue).map(|(_, place)| place.1).collect()
    }

    /// The next moment after `now` at which something becomes due.
    pub(super) fn next_after(&self, now: Timestamp) -> Option<Timestamp> {
        self.order.iter().map(|(at, _)| *at).find(|at| *at > now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: TenantId = TenantId([1; 16]);
    const B: TenantId = TenantId([2; 16]);

    #[test]
    fn the_soonest_moment_of_a_tenant_counts() {
        let mut horizon = Horizon::default();
        horizon.note(Queue::Step, A, Timestamp(50));
        horizon.note(Queue::Step, A, Timestamp(20));
        horizon.note(Queue::Step, A, Timestamp(70));
        assert_eq!(horizon.due(Queue::Step, Timestamp(19)), vec![]);
        assert_eq!(horizon.due(Queue::Step, Timestamp(20)), vec![A]);
    }

    #[test]
    fn queues_and_tenants_are_apart() {
        let mut horizon = Horizon::default();
        horizon.note(Queue::Step, A, Timestamp(5));
        horizon.note(Queue::Dispatch, B, Timestamp(6));
        assert_eq!(horizon.due(Queue::Step, Timestamp(9)), vec![A]);
        assert_eq!(horizon.due(Queue::Dispatch, Timestamp(9)), vec![B]);
        assert_eq!(horizon.next_after(Timestamp(5)), Some(Timestamp(6)));
        horizon.set(Queue::Dispatch, B, None);
        assert_eq!(horizon.next_after(Timestamp(5)), None);
    }
}
