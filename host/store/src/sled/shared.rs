//! What the store, its reads and its committer share.

use std::collections::HashMap;
use std::fmt;
use std::fs::File;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use stagewright_core::key::Key;
use stagewright_core::seams::StoreError;

use super::error::Stop;
use super::group::Group;
use super::mark::Mark;

/// What the store and its committer share.
pub(super) struct Shared {
    pub(super) db: sled::Db,
    /// sled's log file, opened a second time, for the sync that sled does not do.
    pub(super) log: File,
    pub(super) mark: Mark,
    /// Held while the store is open, so that no second process gets in.
    pub(super) _lock: File,
    /// Number of the last group that readers may see something of.
    begun: AtomicU64,
    /// The guards of the group that is being applied, as they were before it.
    guards_before: Mutex<HashMap<Key, u64>>,
    /// Held while a group is being applied.
    applying: Mutex<()>,
    progress: watch::Sender<Progress>,
}

/// How far the committer is.
#[derive(Debug)]
struct Progress {
    /// Number of the last group that is durable.
    durable: u64,
    stopped: Option<Stop>,
}

impl Shared {
    /// `last` is the number of the last group in the tree.
    pub(super) fn new((db, last): (sled::Db, u64), log: File, mark: Mark, lock: File) -> Self {
        Self {
            db,
            log,
            mark,
            _lock: lock,
            begun: AtomicU64::new(last),
            guards_before: Mutex::default(),
            applying: Mutex::default(),
            progress: watch::Sender::new(Progress { durable: last, stopped: None }),
        }
    }

    /// Closes sled and waits until its file is free.
    pub(super) fn let_go(self) {
        let Self { db, log, _lock, .. } = self;
        drop(db);
        // sled's own threads may hold the file, and with it its lock, a little longer.
        log.lock().ok();
    }

    /// Applies a group and gives its number. It is visible from here on, and durable only after the
    /// sync that follows.
    pub(super) fn apply(&self, group: &Group<'_>) -> Result<u64, Stop> {
        let number = self.groups() + 1;
        let batch = group.batch(number)?;

        // Before the first row is visible, so that whoever sees one waits for this group in
        // `settled`.
        self.begun.store(number, Ordering::SeqCst);

        // Held while the batch is applied and not during the sync, which takes far longer: a reader
        // that misses a piece of a large row waits for it.
        let _applying = self.wait_for_apply();
        // Set before the batch and cleared after it: in between a guard may be bumped already while
        // rows that it guards are not there yet.
        self.guards_before().clone_from(group.guards());
        self.db.apply_batch(batch).map_err(|e| Stop::engine("write", e))?;
        self.guards_before().clear();
        Ok(number)
    }

    pub(super) fn groups(&self) -> u64 {
        self.progress.borrow().durable
    }

    pub(super) fn mark_durable(&self, number: u64) {
        self.progress.send_modify(|progress| progress.durable = number);
    }

    /// Waits until everything that a reader can have seen by now is durable.
    pub(super) async fn settled(&self) -> Result<(), StoreError> {
        // What a reader can have seen by now belongs to this group or to an earlier one: `apply`
        // sets the number before the first row is visible.
        let seen = self.begun.load(Ordering::SeqCst);
        let mut progress = self.progress.subscribe();
        let reached = progress
            .wait_for(|progress| progress.stopped.is_some() || progress.durable >= seen)
            .await;

        if reached.is_ok_and(|progress| progress.durable >= seen) {
            return Ok(());
        }
        Err(self.stopped().await.into())
    }

    /// Lets in nothing more and wakes all who wait. The first reason stays.
    pub(super) fn stop(&self, stop: Stop) {
        self.progress.send_modify(|progress| {
            progress.stopped.get_or_insert(stop);
        });
    }

    /// The guards of a group that is being applied, as they were before it.
    pub(super) fn guards_before(&self) -> MutexGuard<'_, HashMap<Key, u64>> {
        self.guards_before.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until no group is being applied, and keeps it so while the guard lives.
    pub(super) fn wait_for_apply(&self) -> MutexGuard<'_, ()> {
        self.applying.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Refuses where the store has stopped.
    pub(super) fn running(&self) -> Result<(), StoreError> {
        self.progress.borrow().stopped.clone().map_or(Ok(()), |stop| Err(stop.into()))
    }

    /// Why the store has stopped, once it has.
    pub(super) async fn stopped(&self) -> Stop {
        let mut progress = self.progress.subscribe();
        let ended = progress.wait_for(|progress| progress.stopped.is_some()).await;
        ended.ok().and_then(|progress| progress.stopped.clone()).unwrap_or_else(Stop::closed)
    }
}

// sled's own `Debug` prints every row there is.
impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared")
            .field("begun", &self.begun)
            .field("progress", &self.progress)
            .finish_non_exhaustive()
    }
}
