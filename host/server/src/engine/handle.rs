//! What others may ask of the running engine.

use tokio::sync::{mpsc, oneshot};

use stagewright_core::time::Timestamp;

/// Asks of the running engine.
pub(super) enum Ask {
    /// Run everything that is due, steps due at this very moment included, and say when nothing is
    /// left.
    Settle(Timestamp, oneshot::Sender<()>),
    /// Say when something becomes due next, after now.
    NextDue(oneshot::Sender<Option<Timestamp>>),
    /// Stop taking work, finish what runs, and say so.
    Stop(oneshot::Sender<()>),
}

/// A handle on a running engine.
#[derive(Clone, Debug)]
pub struct EngineHandle {
    pub(super) asks: mpsc::Sender<Ask>,
}

impl EngineHandle {
    /// Resolves once everything due by `at` is done and nothing is under way. For manual clocks.
    pub async fn settle(&self, at: Timestamp) {
        let (done, wait) = oneshot::channel();
        if self.asks.send(Ask::Settle(at, done)).await.is_ok() {
            // An engine that stops drops its end, so nobody waits for ever.
            let _stopped = wait.await;
        }
    }

    /// When something becomes due next, after now. For manual clocks, which step from one such
    /// moment to the next.
    pub async fn next_due(&self) -> Option<Timestamp> {
        let (answer, wait) = oneshot::channel();
        self.asks.send(Ask::NextDue(answer)).await.ok()?;
        wait.await.ok().flatten()
    }

    /// Whether the engine still works. It stops when it is told to, and when it cannot read what is
    /// due.
    #[must_use]
    pub fn is_running(&self) -> bool {
        !self.asks.is_closed()
    }

    /// Stops the engine; what is under way is finished first.
    pub async fn stop(&self) {
        let (done, wait) = oneshot::channel();
        if self.asks.send(Ask::Stop(done)).await.is_ok() {
            let _stopped = wait.await;
        }
    }
}
