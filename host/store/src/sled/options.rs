//! How to open a store.

use std::fmt;
use std::io;
use std::sync::Arc;

use stagewright_core::time::Timestamp;

use super::error::Stop;

/// What sled cares for when it lays out its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// Fast writes, a larger file.
    #[default]
    Throughput,
    /// A smaller file, more rewriting.
    Space,
}

/// Called once, on the committer's thread, after the store has stopped because a write failed.
pub(super) type OnStopped = Option<Box<dyn FnOnce(&Stop) + Send>>;

/// How to open a store.
pub struct Options {
    /// Bytes of memory for sled's cache.
    pub cache_bytes: u64,
    /// How sled lays out its file.
    pub mode: Mode,
    /// At most this many commits share a sync.
    pub group_commits_max: usize,
    /// A group takes no further commit once its values have this many bytes.
    pub group_bytes_max: usize,
    /// Now, written down as the time of creation in a new store.
    pub now: Timestamp,
    /// Called once, on a thread of the store, after a failed write or sync has stopped it. The
    /// server ends the process here.
    pub on_stopped: OnStopped,
    /// For tests.
    #[doc(hidden)]
    pub hooks: Hooks,
}

impl Options {
    /// The usual options; `now` goes into a new store as the time of its creation.
    #[must_use]
    pub fn at(now: Timestamp) -> Self {
        Self {
            cache_bytes: 64 << 20,
            mode: Mode::default(),
            group_commits_max: 256,
            group_bytes_max: 4 << 20,
            now,
            on_stopped: None,
            hooks: Hooks::default(),
        }
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("cache_bytes", &self.cache_bytes)
            .field("mode", &self.mode)
            .finish_non_exhaustive()
    }
}

/// Where a test takes hold of the committer.
#[doc(hidden)]
#[derive(Default, Clone)]
pub struct Hooks {
    /// Called with the first commit of a group in hand, before the rest of it is taken from the
    /// queue.
    pub before_group: Option<Arc<dyn Fn() + Send + Sync>>,
    /// Called before each sync, and fails it where it answers an error.
    pub before_sync: Option<Arc<dyn Fn() -> io::Result<()> + Send + Sync>>,
}

impl fmt::Debug for Hooks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hooks").finish_non_exhaustive()
    }
}
