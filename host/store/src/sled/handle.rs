//! The store as others hold it.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;

use tokio::sync::{mpsc, oneshot};

use stagewright_core::commit::Commit;
use stagewright_core::read::{Found, Read};
use stagewright_core::seams::{Later, Store, StoreError};

use super::super::check;
use super::committer::{Committer, Order};
use super::error::{self, OpenError, Stop};
use super::open;
use super::options::Options;
use super::read;
use super::shared::Shared;

/// The embedded store.
///
/// **Limits**: one process per data folder; keys up to
/// [`KEY_BYTES_MAX`](crate::KEY_BYTES_MAX) bytes. A commit whose future is dropped may still
/// be applied.
///
/// **Errors**: as [`StoreError`] says. After the first failed write or sync, and after
/// [`SledStore::close`], everything answers [`StoreError::Stopped`].
pub struct SledStore {
    pub(super) shared: Arc<Shared>,
    orders: mpsc::Sender<Order>,
    committer: JoinHandle<()>,
}

impl SledStore {
    /// Opens or creates the store in `dir`. Blocks while sled recovers, which takes seconds for
    /// millions of rows.
    ///
    /// # Errors
    /// [`OpenError`]; nothing is changed in a folder that another process uses or a newer version
    /// has written.
    pub fn open(dir: &Path, options: Options) -> Result<Self, OpenError> {
        let shared = Arc::new(open::open(dir, &options)?);
        let (orders, committer) = Committer::start(Arc::clone(&shared), options)
            .map_err(|e| OpenError::system("start the committer of", dir, e))?;
        Ok(Self { shared, orders, committer })
    }

    /// Finishes what is queued and refuses everything after it. Closing twice is all right.
    ///
    /// # Errors
    /// [`StoreError::Stopped`] where a write or sync failed, now or before.
    pub async fn close(&self) -> Result<(), StoreError> {
        // The committer may be gone already; that it ended, and why, shows below.
        self.orders.send(Order::Close).await.ok();

        let stop = self.shared.stopped().await;
        if stop == Stop::closed() { Ok(()) } else { Err(stop.into()) }
    }

    /// Closes the store and lets go of its folder, so that it can be opened again at once. Blocks
    /// for that moment.
    ///
    /// # Errors
    /// As [`SledStore::close`].
    pub async fn shutdown(self) -> Result<(), StoreError> {
        self.close().await?;

        // It has nothing left to do but to let go of what it shares.
        self.committer.join().ok();
        if let Some(shared) = Arc::into_inner(self.shared) {
            shared.let_go();
        }
        Ok(())
    }

    /// How many groups have been made durable since the store was created.
    #[must_use]
    pub fn groups(&self) -> u64 {
        self.shared.groups()
    }
}

impl Store for SledStore {
    fn read<'a>(&'a self, reads: &'a [Read]) -> Later<'a, Result<Vec<Found>, StoreError>> {
        Box::pin(async move {
            // What could be read after a failed sync may not be there at the next start, so nobody
            // is answered from it.
            self.shared.running()?;

            let look = || reads.iter().map(|wanted| read::answer(&self.shared, wanted)).collect();
            // sled panics on most kinds of damage. It becomes an error of this read alone: what is
            // sound can still be read.
            error::caught(look).unwrap_or_else(|said| {
                Err(StoreError::Damaged(format!(
                    "the storage engine gave up while reading: {said}"
                )))
            })
        })
    }

    fn commit(&self, commit: Commit) -> Later<'_, Result<(), StoreError>> {
        Box::pin(async move {
            check::sound(&commit)?;

            let (answer, answered) = oneshot::channel();
            if self.orders.send(Order::Commit(commit, answer)).await.is_err() {
                return Err(self.shared.stopped().await.into());
            }

            match answered.await {
                Ok(outcome) => outcome,
                // Dropped unsent, which is how the committer answers when it stops.
                Err(_dropped) => Err(self.shared.stopped().await.into()),
            }
        })
    }

    fn settled(&self) -> Later<'_, Result<(), StoreError>> {
        Box::pin(self.shared.settled())
    }
}

impl fmt::Debug for SledStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SledStore").field("shared", &self.shared).finish_non_exhaustive()
    }
}
