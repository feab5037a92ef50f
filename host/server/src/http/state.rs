//! What the handlers work with.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use stagewright_core::seams::Later;
use stagewright_core::time::Timestamp;

use crate::activity::Activity;
use crate::service::{Library, Service};

/// Says whether the host can take requests: nothing, or one sentence about what is missing.
pub type Readiness = dyn Fn() -> Result<(), String> + Send + Sync;

/// Moves a manual clock by so many milliseconds, waits until what became due is done, and gives the
/// new time.
pub type Advance = dyn Fn(i64) -> Later<'static, Timestamp> + Send + Sync;

/// How long `POST /v1/events` waits for the outcome before it answers that it is pending.
pub const EVENT_WAIT: Duration = Duration::from_secs(5);

/// Everything the HTTP layer needs. Built once by whoever wires the host.
#[derive(Clone)]
pub struct HttpState {
    /// The use cases.
    pub service: Service,
    /// What opens plugin bundles.
    pub library: Library,
    /// Where whoever waits for the outcome of something hears when to look again.
    pub activity: Activity,
    /// Whether the host is ready.
    pub readiness: Arc<Readiness>,
    /// How long `POST /v1/events` waits; [`EVENT_WAIT`] but in tests.
    pub event_wait: Duration,
    /// The manual clock's lever. `/dev/clock` exists only where this is given.
    pub dev: Option<Arc<Advance>>,
}

impl fmt::Debug for HttpState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpState")
            .field("service", &self.service)
            .field("dev", &self.dev.is_some())
            .finish_non_exhaustive()
    }
}

/// The state as handlers extract it: shared, so that a request costs one counter.
pub(super) type App = axum::extract::State<Arc<HttpState>>;
