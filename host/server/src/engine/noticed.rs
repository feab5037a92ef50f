//! A store that tells the engine which due rows each commit brought, so that nobody has to look for
//! them.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

use stagewright_core::commit::Commit;
use stagewright_core::key::Key;
use stagewright_core::read::{Found, Read};
use stagewright_core::seams::{Later, Store, StoreError};

use crate::activity::Activity;

/// News of commits: what became due, for the scheduler, and who waits for a row that was written.
/// Only hints: the rows are the truth.
#[derive(Clone, Debug, Default)]
pub struct Signal {
    news: Arc<Mutex<Vec<Key>>>,
    wake: Arc<Notify>,
    /// Those who wait for a row.
    pub activity: Activity,
}

impl Signal {
    /// Takes the due rows that were written since the last time.
    pub(super) fn take(&self) -> Vec<Key> {
        std::mem::take(&mut *self.news.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Resolves when there is news, at once if it came since the last time.
    pub(super) async fn news(&self) {
        self.wake.notified().await;
    }

    fn tell(&self, due: Vec<Key>) {
        if !due.is_empty() {
            self.news.lock().unwrap_or_else(PoisonError::into_inner).extend(due);
            // Where nobody waits at this moment the permit is kept, so that news between a look and
            // the wait for more is not slept through.
            self.wake.notify_one();
        }
    }
}

/// A store with a [`Signal`].
#[derive(Debug)]
pub struct Noticed {
    inner: Arc<dyn Store>,
    signal: Signal,
}

impl Noticed {
    /// Tells `signal` of `inner`'s commits.
    #[must_use]
    pub fn new(inner: Arc<dyn Store>, signal: Signal) -> Self {
        Self { inner, signal }
    }
}

impl Store for Noticed {
    fn read<'a>(&'a self, reads: &'a [Read]) -> Later<'a, Result<Vec<Found>, StoreError>> {
        self.inner.read(reads)
    }

    fn commit(&self, commit: Commit) -> Later<'_, Result<(), StoreError>> {
        Box::pin(async move {
            // Taken out first, since the store takes the commit away.
            let written = commit.writes.iter().filter(|(_, value)| value.is_some());
            let (due, rows): (Vec<Key>, Vec<Key>) =
                written.map(|(key, _)| key.clone()).partition(|key| key.as_due().is_some());

            // Told only after the commit: told before, the engine would look, find nothing and not
            // look again. It is a hint and may be lost: whoever gives up waiting, such as a request
            // whose client has gone, may leave between the two. Such due rows are found when the
            // engine starts the next time, since it reads what is due.
            self.inner.commit(commit).await?;
            self.signal.tell(due);
            self.signal.activity.wrote(rows.iter());
            Ok(())
        })
    }

    fn settled(&self) -> Later<'_, Result<(), StoreError>> {
        self.inner.settled()
    }
}
