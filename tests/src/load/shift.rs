//! What the actors of one crew share.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use anyhow::Context;
use tokio::sync::watch;

/// What the actors of one crew share: counts, and whether the host is gone.
#[derive(Debug)]
pub struct Shift {
    /// Names what it makes, so that no two shifts make the same.
    number: u64,
    over: AtomicBool,
    acknowledged: watch::Sender<u64>,
    under_way: AtomicU64,
    lost: AtomicU64,
    serial: AtomicU64,
}

impl Shift {
    pub(super) fn new(number: u64) -> Self {
        let zero = || AtomicU64::new(0);
        Self {
            number,
            over: AtomicBool::new(false),
            acknowledged: watch::Sender::new(0),
            under_way: zero(),
            lost: zero(),
            serial: zero(),
        }
    }

    pub(super) fn begins(&self) {
        // A request that begins after the kill was never under way.
        if !self.is_over() {
            self.under_way.fetch_add(1, Ordering::SeqCst);
        }
    }

    pub(super) fn acknowledged(&self) {
        self.under_way.fetch_sub(1, Ordering::SeqCst);
        self.acknowledged.send_modify(|count| *count += 1);
    }

    pub(super) fn lost(&self) {
        self.lost.fetch_add(1, Ordering::SeqCst);
    }

    pub(super) fn is_over(&self) -> bool {
        self.over.load(Ordering::SeqCst)
    }

    /// A name that nothing else has.
    pub(super) fn name(&self, what: &str) -> String {
        format!("{what}-{}-{}", self.number, self.serial.fetch_add(1, Ordering::SeqCst))
    }

    /// How many changes have been acknowledged.
    #[must_use]
    pub fn acknowledgements(&self) -> u64 {
        *self.acknowledged.borrow()
    }

    /// How many requests for a change never had an answer.
    #[must_use]
    pub fn losses(&self) -> u64 {
        self.lost.load(Ordering::SeqCst)
    }

    /// Resolves once so many changes have been acknowledged.
    pub(super) async fn reaches(&self, acknowledgements: u64) -> anyhow::Result<()> {
        let mut count = self.acknowledged.subscribe();
        let reached = count.wait_for(|count| *count >= acknowledgements).await;
        reached.map(drop).context("nobody counts")
    }

    /// The host is about to be gone; gives how many requests are under way.
    pub(super) fn ends(&self) -> u64 {
        let under_way = self.under_way.load(Ordering::SeqCst);
        self.over.store(true, Ordering::SeqCst);
        under_way
    }
}
