//! How long something may take before a test gives up. Tests wait for events; this only ends those
//! that would never come.

use std::time::{Duration, Instant};

/// A moment to give up at.
#[derive(Debug, Clone, Copy)]
pub struct Deadline(Instant);

impl Deadline {
    /// In so many seconds.
    #[must_use]
    pub fn seconds(seconds: u64) -> Self {
        Self(now() + Duration::from_secs(seconds))
    }

    /// Whether it has passed.
    #[must_use]
    pub fn passed(self) -> bool {
        now() >= self.0
    }

    /// How long there is still.
    #[must_use]
    pub fn left(self) -> Duration {
        self.0.saturating_duration_since(now())
    }
}

/// What the machine's clock says, for deadlines and for measuring.
#[must_use]
#[expect(
    clippy::disallowed_methods,
    reason = "a rig watches real processes, which no clock of the product moves"
)]
pub fn now() -> Instant {
    Instant::now()
}
