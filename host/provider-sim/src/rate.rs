//! How fast something may be done.

use stagewright_core::time::Timestamp;

/// So many at once, and then one at a time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rate {
    /// How many may come at once.
    pub burst: u32,
    /// After how many microseconds one more may come.
    pub every_us: i64,
}

impl Rate {
    /// So many a second, all of them at once if need be.
    #[must_use]
    pub fn per_second(count: u32) -> Self {
        Self { burst: count, every_us: 1_000_000 / i64::from(count.max(1)) }
    }

    /// So many at once, then one every so many seconds.
    #[must_use]
    pub fn burst(burst: u32, every_seconds: u32) -> Self {
        Self { burst, every_us: i64::from(every_seconds) * 1_000_000 }
    }
}

/// What has been used of a rate: the moment, in microseconds, at which all of it is free again.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Used {
    free_at_us: i64,
}

impl Used {
    /// Uses the rate once, if there is room.
    pub(super) fn take(&mut self, rate: Rate, now: Timestamp) -> bool {
        let now_us = now.0.saturating_mul(1_000);
        let free_at_us = self.free_at_us.max(now_us).saturating_add(rate.every_us);
        let fits = free_at_us.saturating_sub(now_us)
            <= rate.every_us.saturating_mul(i64::from(rate.burst));

        if fits {
            self.free_at_us = free_at_us;
        }
        fits
    }
}
