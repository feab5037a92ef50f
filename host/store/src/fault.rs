//! A store that goes down at a chosen commit, to prove that whatever stands on it comes up again
//! without loss or repetition.
//!
//! **Use**: run a story once without a fault and ask how many commits it took. Then run it once per
//! commit and per [`Fault`], open a fresh [`FaultStore`] over the same inner store as the next
//! start of the process would, and let the story finish.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use stagewright_core::commit::Commit;
use stagewright_core::read::{Found, Read};
use stagewright_core::seams::{Later, Store, StoreError};

/// What happens at the chosen commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The process ends before the commit is applied.
    CrashBefore,
    /// The process ends after the commit is durable and before anybody hears of it.
    CrashAfter,
    /// The write fails: nothing is applied, and the store refuses everything from then on, as after
    /// a failed sync.
    Fail,
    /// Another commit came first, once. The store goes on.
    Conflict,
}

/// Which commit the fault strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// Number of the commit, counted from 1 in the order in which they are submitted.
    pub at: u64,
    /// What happens then.
    pub fault: Fault,
}

impl Plan {
    /// A fault at the `at`-th commit.
    #[must_use]
    pub fn at(at: u64, fault: Fault) -> Self {
        Self { at, fault }
    }

    /// No fault at all; the commits are only counted.
    #[must_use]
    pub fn none() -> Self {
        Self { at: 0, fault: Fault::Fail }
    }
}

/// A store with a fault in it.
///
/// After a crash or a failure it answers [`StoreError::Stopped`] to everything, so that loops on
/// top of it come to an end; a commit that had been submitted before may still be applied, as in a
/// real crash.
#[derive(Debug)]
pub struct FaultStore {
    inner: Arc<dyn Store>,
    plan: Plan,
    commits: AtomicU64,
    down: AtomicBool,
}

impl FaultStore {
    /// A store over `inner` that follows `plan`.
    #[must_use]
    pub fn new(inner: Arc<dyn Store>, plan: Plan) -> Self {
        Self { inner, plan, commits: AtomicU64::new(0), down: AtomicBool::new(false) }
    }

    /// How many commits have been submitted while the store was up.
    #[must_use]
    pub fn commits(&self) -> u64 {
        self.commits.load(Ordering::SeqCst)
    }

    /// Whether the store has gone down.
    #[must_use]
    pub fn is_down(&self) -> bool {
        self.down.load(Ordering::SeqCst)
    }

    fn up(&self) -> Result<(), StoreError> {
        if self.is_down() { Err(stopped()) } else { Ok(()) }
    }

    fn go_down(&self) -> StoreError {
        self.down.store(true, Ordering::SeqCst);
        stopped()
    }

    /// The fault that strikes this commit, if it is its turn.
    fn next(&self) -> Option<Fault> {
        let number = self.commits.fetch_add(1, Ordering::SeqCst) + 1;
        (number == self.plan.at).then_some(self.plan.fault)
    }
}

impl Store for FaultStore {
    fn read<'a>(&'a self, reads: &'a [Read]) -> Later<'a, Result<Vec<Found>, StoreError>> {
        Box::pin(async move {
            self.up()?;
            self.inner.read(reads).await
        })
    }

    fn commit(&self, commit: Commit) -> Later<'_, Result<(), StoreError>> {
        Box::pin(async move {
            self.up()?;
            match self.next() {
                None => self.inner.commit(commit).await,
                Some(Fault::CrashBefore | Fault::Fail) => Err(self.go_down()),
                Some(Fault::CrashAfter) => {
                    // Whether it was applied or refused: nobody hears of it.
                    self.inner.commit(commit).await.ok();
                    Err(self.go_down())
                }
                Some(Fault::Conflict) => Err(conflict(commit)),
            }
        })
    }

    fn settled(&self) -> Later<'_, Result<(), StoreError>> {
        Box::pin(async move {
            self.up()?;
            self.inner.settled().await
        })
    }
}

/// A conflict on some row of the commit; one that touches no row at all is a mistake of the test,
/// and ends it.
fn conflict(commit: Commit) -> StoreError {
    let mut keys =
        commit.expects.into_keys().chain(commit.writes.into_keys()).chain(commit.bumps.into_keys());
    keys.next().map_or_else(stopped, StoreError::Conflict)
}

fn stopped() -> StoreError {
    StoreError::Stopped("this store was made to fail here".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conformance::fixture::{Subject, draft, record};
    use crate::memory::MemoryStore;

    fn subject() -> Subject {
        Subject::new(Arc::new(FaultStore::new(Arc::new(MemoryStore::new()), Plan::none())))
    }

    crate::conformance::conforms!(subject);

    /// Commits rows `1` and `2` over `inner`, the second one being struck.
    async fn struck(
        inner: &Arc<dyn Store>,
        fault: Fault,
    ) -> (Arc<FaultStore>, Result<(), StoreError>) {
        let store = Arc::new(FaultStore::new(Arc::clone(inner), Plan::at(2, fault)));
        store.commit(draft().puts(&record("1"), 1, "one").0).await.unwrap();

        let second =
            store.commit(draft().expects(&record("2"), 0).puts(&record("2"), 1, "two").0).await;

        (store, second)
    }

    async fn text(inner: &Arc<dyn Store>, name: &str) -> Option<(String, u64)> {
        Subject::new(Arc::clone(inner)).text(&record(name)).await
    }

    #[tokio::test]
    async fn a_crash_before_the_commit_leaves_the_store_without_it() {
        let inner: Arc<dyn Store> = Arc::new(MemoryStore::new());
        let (store, second) = struck(&inner, Fault::CrashBefore).await;

        assert_eq!(second, Err(stopped()));
        assert_eq!(
            (text(&inner, "1").await.is_some(), text(&inner, "2").await.is_some()),
            (true, false)
        );
        assert_eq!(store.read(&[]).await, Err(stopped()));
        assert_eq!(store.settled().await, Err(stopped()));
    }

    #[tokio::test]
    async fn a_crash_after_the_commit_leaves_the_store_with_it() {
        let inner: Arc<dyn Store> = Arc::new(MemoryStore::new());
        let (store, second) = struck(&inner, Fault::CrashAfter).await;

        assert_eq!((second, store.is_down()), (Err(stopped()), true));
        assert_eq!(text(&inner, "2").await, Some(("two".to_owned(), 1)));
    }

    #[tokio::test]
    async fn nothing_is_counted_or_applied_after_a_failure() {
        let inner: Arc<dyn Store> = Arc::new(MemoryStore::new());
        let (store, _second) = struck(&inner, Fault::Fail).await;

        assert_eq!(store.commit(draft().puts(&record("3"), 1, "three").0).await, Err(stopped()));
        assert_eq!((store.commits(), text(&inner, "3").await), (2, None));
    }

    #[tokio::test]
    async fn a_made_up_conflict_happens_once() {
        let inner: Arc<dyn Store> = Arc::new(MemoryStore::new());
        let (store, second) = struck(&inner, Fault::Conflict).await;

        assert_eq!(second, Err(StoreError::Conflict(record("2"))));

        assert_eq!(
            store.commit(draft().expects(&record("2"), 0).puts(&record("2"), 1, "two").0).await,
            Ok(())
        );
        assert_eq!((store.commits(), store.is_down()), (3, false));
    }
}
