//! Decides what runs next: tenants in turn, each lane one at a time, nobody more than their share.

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};
use tokio::task::{self, JoinError, JoinSet};

use stagewright_core::drive::Failure;
use stagewright_core::id::TenantId;
use stagewright_core::key::{DueKey, Key, Queue};
use stagewright_core::model::due::Due;
use stagewright_core::read::{Found, Range, Read};
use stagewright_core::row;
use stagewright_core::seams::{Clock, StoreError};
use stagewright_core::time::Timestamp;

use super::handle::{Ask, EngineHandle};
use super::horizon::{Horizon, Position};
use super::noticed::Signal;
use super::places::{Piece, Places};
use super::stumbles::Stumbles;
use super::waiting::Waiting;
use super::work::{Came, Worker};
use crate::clock::Stamps;

/// Rows read at first when looking for what is due; four times as many each time there is more, so
/// that a tick reads about as many rows as are due.
const PAGE_FIRST: usize = 4;
/// Rows read at a time, at most.
const PAGE_MAX: usize = 256;

/// The scheduler.
#[derive(Debug)]
pub struct Engine {
    worker: Arc<Worker>,
    stamps: Stamps,
    signal: Signal,
    horizon: Horizon,
    running: JoinSet<Result<Came, Failure>>,
    places: Places,
    waiting: Waiting,
    stumbles: Stumbles,
    /// The tenant that was served last, so that the next one comes first now.
    last_served: Option<TenantId>,
    /// Steps due at this very moment count as due: the manual clock has passed it.
    inclusive: Option<Timestamp>,
}

impl Engine {
    /// An engine that has not looked at the store yet.
    #[must_use]
    pub fn new(worker: Worker, stamps: Stamps, signal: Signal) -> Self {
        Self {
            worker: Arc::new(worker),
            stamps,
            signal,
            horizon: Horizon::default(),
            running: JoinSet::new(),
            places: Places::default(),
            waiting: Waiting::default(),
            stumbles: Stumbles::default(),
            last_served: None,
            inclusive: None,
        }
    }

    /// Starts the engine in the background.
    ///
    /// # Errors
    /// [`StoreError`] where what is due cannot be read.
    pub async fn start(mut self) -> Result<EngineHandle, StoreError> {
        self.look_around().await?;
        let (asks, inbox) = mpsc::channel(16);
        tokio::spawn(self.run(inbox));
        Ok(EngineHandle { asks })
    }

    /// Finds which tenants have something due: one row per tenant and queue is touched.
    async fn look_around(&mut self) -> Result<(), StoreError> {
        for queue in Queue::ALL {
            let prefix = Key::due_queue(queue);
            let mut after = None;
            loop {
                let range = Range {
                    prefix: prefix.clone(),
                    after: after.take(),
                    limit: 1,
                    newest_first: false,
                };

                let Some((key, _)) = self.rows(range).await?.into_iter().next() else { break };
                let Some(due) = key.as_due() else { break };
                self.horizon.note(due);
                // Past every row that this tenant can have in the queue, so that the next read
                // finds the next tenant.
                after = Some(Key::due(queue, due.tenant, Timestamp(i64::MAX), u64::MAX, ""));
            }
        }
        Ok(())
    }

    async fn run(mut self, mut inbox: mpsc::Receiver<Ask>) {
        let mut settling: Vec<oneshot::Sender<()>> = Vec::new();
        loop {
            self.take_news();
            if let Err(error) = self.claim().await {
                tracing::error!(%error, "what is due cannot be read; the engine stops");
                return;
            }

            // Looking for what is due takes a while, in which a commit may have brought more due:
            // who waits for everything to settle waits for that too.
            if self.running.is_empty() && !settling.is_empty() && !self.take_news() {
                self.inclusive = None;
                for done in settling.drain(..) {
                    let _nobody_waits = done.send(());
                }
            }

            let clock = Arc::clone(&self.worker.clock);
            let wake_at = self.wake_at();
            let (signal, stamps) = (self.signal.clone(), self.stamps.clone());
            tokio::select! {
                Some(ended) = self.running.join_next_with_id() => self.ended(ended),
                () = signal.news() => {}
                () = stamps.freed() => {}
                () = wait_until(&*clock, wake_at) => {}
                ask = inbox.recv() => match ask {
                    Some(Ask::Settle(at, done)) => {
                        self.include(at);
                        settling.push(done);
                    }
                    Some(Ask::NextDue(answer)) => self.tell_next_due(answer),
                    Some(Ask::Stop(done)) => return self.wind_down(done).await,
                    None => return,
                },
            }
        }
    }

    /// Counts steps that are due at `at` as due, though that moment has not passed.
    fn include(&mut self, at: Timestamp) {
        self.inclusive = Some(self.inclusive.map_or(at, |before| before.max(at)));
    }

    /// Tells when something becomes due next.
    fn tell_next_due(&mut self, answer: oneshot::Sender<Option<Timestamp>>) {
        // What was committed before the question belongs to the answer.
        self.take_news();
        let next = self.horizon.next_after(self.worker.clock.now());
        let _nobody_waits = answer.send(next);
    }

    async fn wind_down(mut self, done: oneshot::Sender<()>) {
        while self.running.join_next().await.is_some() {}
        let _nobody_waits = done.send(());
    }

    /// Notes what commits brought due, and says whether any did. A row may be seen, and its work
    /// begin, before its commit is told of.
    fn take_news(&mut self) -> bool {
        let mut any = false;

        for key in self.signal.take() {
            if let Some(due) = key.as_due().filter(|_| !self.places.work_on(&key)) {
                self.horizon.note(due);
                any = true;
            }
        }

        any
    }

    /// The latest moment that counts as due in `queue`. A step waits until its moment has passed
    /// and until every command with an older stamp is over; other work is due at its moment.
    fn bound(&self, queue: Queue) -> Timestamp {
        let now = self.worker.clock.now();
        if queue != Queue::Step {
            return now;
        }

        let passed = self.stamps.horizon().plus_ms(-1);
        self.inclusive.map_or(passed, |at| passed.max(at.min(now)))
    }

    /// When to look again if nothing else happens: the next moment, and one later for steps, which
    /// want it to have passed.
    fn wake_at(&self) -> Option<Timestamp> {
        let now = self.worker.clock.now();
        let next =
            self.horizon.next_after(now.plus_ms(-1)).map(|at| at.plus_ms(1).max(now.plus_ms(1)));
        [next, self.stumbles.next()].into_iter().flatten().min()
    }

    /// Starts what is due and free, queue by queue, tenants in turn.
    async fn claim(&mut self) -> Result<(), StoreError> {
        let now = self.worker.clock.now();
        for key in self.stumbles.over(now) {
            self.waiting.release(&key);
            key.as_due().into_iter().for_each(|due| self.horizon.note(due));
        }

        for queue in Queue::ALL {
            let bound = self.bound(queue);

            let mut tenants = self.horizon.due(queue, bound);
            tenants.sort();
            // Whoever was served last comes last: where the places run out, those who got none
            // begin the next look.
            let pivot = self
                .last_served
                .map_or(0, |last| tenants.partition_point(|tenant| *tenant <= last));
            tenants.rotate_left(pivot);

            for tenant in tenants {
                // Whoever finds no place stays due and is looked at again when something ends.
                if self.places.are_full() {
                    return Ok(());
                }
                if self.places.are_full_for(tenant) {
                    continue;
                }

                match self.claim_tenant(queue, tenant, bound).await {
                    // One tenant's damage must not stop the others. What is damaged stays until the
                    // next start.
                    Err(StoreError::Damaged(reason)) => {
                        tracing::error!(
                            %tenant, ?queue, reason,
                            "what is due cannot be read; run `stagewright storage verify` on a copy"
                        );
                        self.horizon.set(queue, tenant, None);
                    }
                    other => other?,
                }

                self.last_served = Some(tenant);
            }
        }
        Ok(())
    }

    /// Starts what one tenant has due, up to its share, from where the last look ended.
    async fn claim_tenant(
        &mut self,
        queue: Queue,
        tenant: TenantId,
        bound: Timestamp,
    ) -> Result<(), StoreError> {
        let Some(position) = self.horizon.position(queue, tenant) else { return Ok(()) };

        let mut after = position.after.clone();
        let mut more = PAGE_FIRST;

        loop {
            // No more than can be started, and one that says whether there is more.
            let page = more.min(self.places.left_for(tenant) + 1);
            let range = Range {
                prefix: Key::due_tenant(queue, tenant),
                after: Some(after.clone()),
                limit: page,
                newest_first: false,
            };

            let rows = self.rows(range).await?;
            let is_last_page = rows.len() < page;
            more = (page * 4).min(PAGE_MAX);

            for (key, bytes) in rows {
                let Some(DueKey { due_at, .. }) = key.as_due() else { continue };
                if due_at > bound || self.places.are_full_for(tenant) {
                    self.horizon.set(queue, tenant, Some(Position { after, due_at }));
                    return Ok(());
                }
                self.start_or_hold(queue, tenant, key.clone(), &bytes);
                after = key;
            }

            if is_last_page {
                self.horizon.set(queue, tenant, None);
                return Ok(());
            }
        }
    }

    /// Starts a due row's work, or holds it back where its lane is taken.
    fn start_or_hold(&mut self, queue: Queue, tenant: TenantId, key: Key, bytes: &[u8]) {
        if self.places.work_on(&key) {
            return;
        }

        let due = match row::decode::<Due>(bytes) {
            Ok((due, _)) => due,
            Err(error) => {
                tracing::error!(%tenant, ?key, %error, "a due row cannot be read and is left");
                return;
            }
        };

        let lane = due.lane();
        let must_wait = self.places.is_busy(tenant, &lane)
            || self.stumbles.hold(&key)
            || self.waiting.are_before(tenant, &lane, queue, &key);

        if must_wait {
            self.waiting.hold(tenant, lane, queue, key);
        } else {
            self.spawn(Piece { tenant, lane, key }, due);
        }
    }

    fn spawn(&mut self, piece: Piece, due: Due) {
        let (worker, tenant, key) = (Arc::clone(&self.worker), piece.tenant, piece.key.clone());
        let task = self.running.spawn(async move { worker.perform(tenant, &key, &due).await });
        self.places.take(task.id(), piece);
    }

    /// Gives back what a piece of work held. One that panicked has committed nothing, like one
    /// whose commit failed.
    fn ended(&mut self, ended: Result<(task::Id, Result<Came, Failure>), JoinError>) {
        let (task, result) = match ended {
            Ok((task, result)) => (task, result.map_err(|failure| failure.to_string())),
            Err(error) => (error.id(), Err(error.to_string())),
        };
        let Some(Piece { tenant, lane, key }) = self.places.free(task) else { return };

        // The lane is free: what waited for it may go.
        for row in self.waiting.take(tenant, &lane) {
            self.horizon.note(row);
        }

        match result {
            Ok(Came::Done) => return self.stumbles.forget(&key),
            Ok(Came::NotYet) => {}
            Err(reason) => {
                let wait_ms = self.stumbles.note(key.clone(), self.worker.clock.now());
                tracing::error!(
                    %tenant, ?key, reason, wait_ms,
                    "a piece of work stumbled and is tried again"
                );
            }
        }

        if let Some(due) = key.as_due() {
            self.waiting.hold(tenant, lane, due.queue, key);
        }
    }

    async fn rows(&self, range: Range) -> Result<Vec<(Key, row::Bytes)>, StoreError> {
        let found = self.worker.store.read(&[Read::Range(range)]).await?;

        match found.into_iter().next() {
            Some(Found::Range { rows, .. }) => Ok(rows),
            _ => Ok(Vec::new()),
        }
    }
}

/// Waits until `at`, and for ever where there is no such moment: others wake the engine then.
async fn wait_until(clock: &dyn Clock, at: Option<Timestamp>) {
    match at {
        Some(at) => clock.wait_until(at).await,
        None => std::future::pending().await,
    }
}
