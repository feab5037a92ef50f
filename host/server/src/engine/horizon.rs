//! Where each tenant has something due next, per queue. Memory grows with tenants that wait for
//! something, never with rows.

use std::collections::{BTreeMap, BTreeSet};

use stagewright_core::id::TenantId;
use stagewright_core::key::{DueKey, Key, Queue};
use stagewright_core::time::Timestamp;

type Place = (Queue, TenantId);

/// Where to go on in a tenant's queue.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Position {
    /// Every row up to this key is under way, held back, or spent.
    pub after: Key,
    /// When the next row after it is due; it may be later than this, never earlier.
    pub due_at: Timestamp,
}

/// Where to go on, for every (queue, tenant) that has rows to be looked at.
#[derive(Debug, Default)]
pub(super) struct Horizon {
    next: BTreeMap<Place, Position>,
    order: BTreeSet<(Timestamp, Place)>,
}

impl Horizon {
    /// Notes that there is a row to look at.
    pub(super) fn note(&mut self, row: DueKey) {
        let DueKey { queue, tenant, due_at, lane_seq } = row;
        let mut position =
            Position { after: Key::due(queue, tenant, due_at, lane_seq, ""), due_at };

        // The position is only ever moved back. What lies behind it has not been looked at, and
        // rows that a move forward skipped would not be seen before the next start.
        if let Some(known) = self.next.get(&(queue, tenant)) {
            if known.after <= position.after && known.due_at <= due_at {
                return;
            }
            position.after = position.after.min(known.after.clone());
            position.due_at = due_at.min(known.due_at);
        }

        self.set(queue, tenant, Some(position));
    }

    /// Sets where to go on after a look at the rows; nothing when none is left.
    pub(super) fn set(&mut self, queue: Queue, tenant: TenantId, position: Option<Position>) {
        let place = (queue, tenant);
        // The former entry has to go first: left in `order`, it would call this place due for
        // ever.
        if let Some(before) = self.next.remove(&place) {
            self.order.remove(&(before.due_at, place));
        }

        if let Some(position) = position {
            self.order.insert((position.due_at, place));
            self.next.insert(place, position);
        }
    }

    /// Where to go on.
    pub(super) fn position(&self, queue: Queue, tenant: TenantId) -> Option<&Position> {
        self.next.get(&(queue, tenant))
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

    fn row(queue: Queue, tenant: TenantId, at: i64) -> DueKey {
        DueKey { queue, tenant, due_at: Timestamp(at), lane_seq: 7 }
    }

    #[test]
    fn the_soonest_moment_of_a_tenant_counts() {
        let mut horizon = Horizon::default();
        horizon.note(row(Queue::Step, A, 50));
        horizon.note(row(Queue::Step, A, 20));
        horizon.note(row(Queue::Step, A, 70));

        assert_eq!(horizon.due(Queue::Step, Timestamp(19)), vec![]);
        assert_eq!(horizon.due(Queue::Step, Timestamp(20)), vec![A]);
    }

    #[test]
    fn a_row_before_the_position_brings_it_back_and_one_behind_it_does_not() {
        let mut horizon = Horizon::default();
        let at = |position: i64, due_at| Position {
            after: Key::due(Queue::Step, A, Timestamp(position), 7, ""),
            due_at: Timestamp(due_at),
        };
        horizon.set(Queue::Step, A, Some(at(20, 50)));

        horizon.note(row(Queue::Step, A, 60));
        assert_eq!(horizon.position(Queue::Step, A), Some(&at(20, 50)));

        horizon.note(row(Queue::Step, A, 40));
        assert_eq!(horizon.position(Queue::Step, A), Some(&at(20, 40)));

        horizon.note(row(Queue::Step, A, 10));
        assert_eq!(horizon.position(Queue::Step, A), Some(&at(10, 10)));
    }

    #[test]
    fn queues_and_tenants_are_apart() {
        let mut horizon = Horizon::default();
        horizon.note(row(Queue::Step, A, 5));
        horizon.note(row(Queue::Dispatch, B, 6));

        assert_eq!(horizon.due(Queue::Step, Timestamp(9)), vec![A]);
        assert_eq!(horizon.due(Queue::Dispatch, Timestamp(9)), vec![B]);
        assert_eq!(horizon.next_after(Timestamp(5)), Some(Timestamp(6)));

        horizon.set(Queue::Dispatch, B, None);
        assert_eq!(horizon.next_after(Timestamp(5)), None);
    }
}
