//! The threads that guests run on, apart from those that answer HTTP: a guest that spins slows
//! other guests and nobody else.

use std::future::Future;
use std::io;

use tokio::runtime::{Builder, Handle, Runtime};
use tokio::task::JoinHandle;

/// A tokio runtime of its own, stopped without waiting when dropped.
#[derive(Debug)]
pub(super) struct Executor {
    runtime: Option<Runtime>,
    handle: Handle,
}

impl Executor {
    pub(super) fn new(workers: usize) -> io::Result<Self> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(workers.max(1))
            .thread_name("stagewright-wasm")
            .enable_time()
            // A guest runs for a whole epoch tick before it yields. With tokio's default of 61
            // polls between two looks at the timers a deadline could be noticed half a second late.
            .event_interval(4)
            .max_blocking_threads(2)
            .build()?;

        let handle = runtime.handle().clone();
        Ok(Self { runtime: Some(runtime), handle })
    }

    /// These threads, for what has no others.
    pub(super) fn handle(&self) -> Handle {
        self.handle.clone()
    }

    /// Runs `task` here. It is stopped when nobody waits for it any more.
    pub(super) fn spawn<T: Send + 'static>(
        &self,
        task: impl Future<Output = T> + Send + 'static,
    ) -> Spawned<T> {
        Spawned(self.handle.spawn(task))
    }

    /// Runs `work`, which may read files, without holding up guests.
    pub(super) async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        self.handle.spawn_blocking(work).await.ok()
    }
}

impl Drop for Executor {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// A task that ends with whoever waits for it.
#[derive(Debug)]
pub(super) struct Spawned<T>(pub(super) JoinHandle<T>);

impl<T> Spawned<T> {
    /// Its answer, or `None` where it panicked.
    pub(super) async fn answer(mut self) -> Option<T> {
        (&mut self.0).await.ok()
    }
}

impl<T> Drop for Spawned<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}
