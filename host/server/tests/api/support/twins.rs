//! A store that lets two commits meet, so that a race is had and not hoped for.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Barrier;

use stagewright_core::commit::Commit;
use stagewright_core::read::{Found, Read};
use stagewright_core::seams::{Later, Store, StoreError};

/// Once armed, the next two commits wait for each other: both were decided on the same rows.
#[derive(Debug)]
pub(crate) struct Twins {
    inner: Arc<dyn Store>,
    to_meet: AtomicUsize,
    meeting: Barrier,
}

impl Twins {
    pub(crate) fn around(inner: Arc<dyn Store>) -> Self {
        Self { inner, to_meet: AtomicUsize::new(0), meeting: Barrier::new(2) }
    }

    /// The next two commits meet.
    pub(crate) fn arm(&self) {
        self.to_meet.store(2, Ordering::SeqCst);
    }

    /// Whether the meeting took place.
    pub(crate) fn met(&self) -> bool {
        self.to_meet.load(Ordering::SeqCst) == 0
    }
}

impl Store for Twins {
    fn read<'a>(&'a self, reads: &'a [Read]) -> Later<'a, Result<Vec<Found>, StoreError>> {
        self.inner.read(reads)
    }

    fn commit(&self, commit: Commit) -> Later<'_, Result<(), StoreError>> {
        Box::pin(async move {
            // Commits after the two must not wait: nobody would come to meet them.
            let meets = self
                .to_meet
                .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1))
                .is_ok();
            if meets {
                self.meeting.wait().await;
            }

            self.inner.commit(commit).await
        })
    }

    fn settled(&self) -> Later<'_, Result<(), StoreError>> {
        self.inner.settled()
    }
}
