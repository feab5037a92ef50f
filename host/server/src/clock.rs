//! The two clocks, and the stamps of commands that are under way.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, watch};

use stagewright_core::seams::{Clock, Later};
use stagewright_core::time::Timestamp;

/// The machine's clock. Never goes back within the process, whatever happens to the machine's time.
#[derive(Debug, Default)]
pub struct SystemClock {
    latest: AtomicI64,
}

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let now = chrono::Utc::now().timestamp_millis();
        Timestamp(self.latest.fetch_max(now, Ordering::AcqRel).max(now))
    }

    fn wait_until(&self, at: Timestamp) -> Later<'_, ()> {
        Box::pin(async move {
            loop {
                let left = at.since_ms(self.now());
                let Ok(left @ 1..) = u64::try_from(left) else { return };
                // At most a minute at a time, so that a machine that was suspended notices soon
                // after.
                let _elapsed = tokio::time::timeout(
                    Duration::from_millis(left.min(60_000)),
                    std::future::pending::<()>(),
                )
                .await;
            }
        })
    }
}

/// A clock that moves only when told to, for tests, scenarios and the demo.
#[derive(Debug)]
pub struct ManualClock {
    now: watch::Sender<Timestamp>,
}

impl ManualClock {
    /// A clock that stands at `now`.
    #[must_use]
    pub fn at(now: Timestamp) -> Self {
        Self { now: watch::Sender::new(now) }
    }

    /// Moves to `at`; a moment in the past changes nothing.
    pub fn advance_to(&self, at: Timestamp) {
        self.now.send_if_modified(|now| {
            let moves = at > *now;
            *now = at.max(*now);
            moves
        });
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        *self.now.borrow()
    }

    fn wait_until(&self, at: Timestamp) -> Later<'_, ()> {
        let mut moved = self.now.subscribe();
        Box::pin(async move {
            // The sender lives in `self`, so waiting cannot fail.
            let _reached = moved.wait_for(|now| *now >= at).await;
        })
    }
}

/// The stamps of commands that have been taken but are not committed yet. A step waits for every
/// command with an older stamp, so that what happened first also counts first.
#[derive(Clone, Debug)]
pub struct Stamps {
    clock: Arc<dyn Clock>,
    under_way: Arc<Mutex<UnderWay>>,
    freed: Arc<Notify>,
}

/// How many stamps there were, and those of commands that are not over.
type UnderWay = (u64, BTreeSet<(Timestamp, u64)>);

/// One command's stamp; dropping it says that the command is over.
#[derive(Debug)]
pub struct Stamp {
    /// The moment that the command counts as.
    pub at: Timestamp,
    number: u64,
    stamps: Stamps,
}

impl Stamps {
    /// No command is under way.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, under_way: Arc::default(), freed: Arc::default() }
    }

    /// Stamps a command.
    #[must_use]
    pub fn begin(&self) -> Stamp {
        let mut under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        under_way.0 += 1;

        // Taken under the lock: otherwise a step could be claimed between the reading of the clock
        // and the noting of the stamp.
        let (at, number) = (self.clock.now(), under_way.0);
        under_way.1.insert((at, number));
        Stamp { at, number, stamps: self.clone() }
    }

    /// Resolves when a command is over, at once if one was since the last time.
    pub async fn freed(&self) {
        self.freed.notified().await;
    }

    /// Steps due before this moment may be claimed.
    #[must_use]
    pub fn horizon(&self) -> Timestamp {
        let under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        // The clock is read under the lock here as well: a command that is stamped afterwards has a
        // stamp no older than this, so a step due before it cannot be overtaken.
        let now = self.clock.now();
        under_way.1.first().map_or(now, |(oldest, _)| now.min(*oldest))
    }
}

impl Drop for Stamp {
    fn drop(&mut self) {
        let mut under_way = self.stamps.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        under_way.1.remove(&(self.at, self.number));
        self.stamps.freed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_under_way_holds_the_horizon_back() {
        let clock = Arc::new(ManualClock::at(Timestamp(1_000)));
        let stamps = Stamps::new(clock.clone());
        let stamp = stamps.begin();
        clock.advance_to(Timestamp(5_000));
        assert_eq!(stamps.horizon(), Timestamp(1_000));

        drop(stamp);
        assert_eq!(stamps.horizon(), Timestamp(5_000));
    }

    #[tokio::test]
    async fn a_manual_clock_wakes_those_who_wait() {
        let clock = ManualClock::at(Timestamp(0));
        let waiting = clock.wait_until(Timestamp(10));
        clock.advance_to(Timestamp(10));
        waiting.await;

        clock.advance_to(Timestamp(5));
        assert_eq!(clock.now(), Timestamp(10));
    }
}
