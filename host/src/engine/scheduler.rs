//! Decides what runs next: tenants in turn, each lane one at a time, nobody more than their share.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use stagewright_core::drive::Failure;
use stagewright_core::id::TenantId;
use stagewright_core::key::{Key, Queue};
use stagewright_core::model::due::Due;
use stagewright_core::read::{Found, Range, Read};
use stagewright_core::row;
use stagewright_core::seams::StoreError;
use stagewright_core::time::Timestamp;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

use super::horizon::Horizon;
use super::noticed::Signal;
use super::work::Worker;
use crate::clock::Stamps;

/// Pieces of work at once, over all tenants.
const IN_FLIGHT_MAX: usize = 256;
/// Pieces of work at once for one tenant, so that one cannot take all places.
const TENANT_IN_FLIGHT_MAX: usize = 64;
/// Rows read at first when looking for what is due; four times as many each time there is more, so that a tick reads about as
/// many rows as are due.
const PAGE_FIRST: usize = 4;
/// Rows read at a time, at most.
const PAGE_MAX: usize = 256;
/// How long a piece of work whose commit failed is left alone.
const STUMBLE_MS: i64 = 1_000;

/// Asks of the running engine.
enum Ask {
    /// Run everything that is due, steps due at this very moment included, and say when nothing is left.
    Settle(Timestamp, oneshot::Sender<()>),
    /// Say when something becomes due next, after now.
    NextDue(oneshot::Sender<Option<Timestamp>>),
    /// Stop taking work, finish what runs, and say so.
    Stop(oneshot::Sender<()>),
}

/// A handle on a running engine.
#[derive(Clone, Debug)]
pub struct EngineHandle {
    asks: mpsc::Sender<Ask>,
}

impl EngineHandle {
    /// Resolves once everything due by `at` is done and nothing is under way. For manual clocks.
    pub async fn settle(&self, at: Timestamp) {
        let (done, wait) = oneshot::channel();
        if self.asks.send(Ask::Settle(at, done)).await.is_ok() {
            let _stopped = wait.await;
        }
    }

    /// When something becomes due next, after now. For manual clocks, which step from one such moment to the next.
    pub async fn next_due(&self) -> Option<Timestamp> {
        let (answer, wait) = oneshot::channel();
        self.asks.send(Ask::NextDue(answer)).await.ok()?;
        wait.await.ok().flatten()
    }

    /// Stops the engine; what is under way is finished first.
    pub async fn stop(&self) {
        let (done, wait) = oneshot::channel();
        if self.asks.send(Ask::Stop(done)).await.is_ok() {
            let _stopped = wait.await;
        }
    }
}

/// The scheduler.
#[derive(Debug)]
pub struct Engine {
    worker: Arc<Worker>,
    stamps: Stamps,
    signal: Signal,
    horizon: Horizon,
    running: JoinSet<Finished>,
    busy_lanes: HashSet<(TenantId, String)>,
    by_tenant: BTreeMap<TenantId, usize>,
    /// Where rows were left that could not be started; looked at again when something of the tenant ends.
    held: BTreeSet<(TenantId, Queue)>,
    /// Work whose commit failed, until when it is left alone.
    stumbled: BTreeMap<Key, Timestamp>,
    /// The tenant that was served last, so that the next one comes first now.
    last_served: Option<TenantId>,
    /// Steps due at this very moment count as due: the manual clock has passed it.
    inclusive: Option<Timestamp>,
}

/// A piece of work that is over.
struct Finished {
    tenant: TenantId,
    lane: String,
    key: Key,
    result: Result<(), Failure>,
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
            busy_lanes: HashSet::new(),
            by_tenant: BTreeMap::new(),
            held: BTreeSet::new(),
            stumbled: BTreeMap::new(),
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
                let range = Range { prefix: prefix.clone(), after: after.take(), limit: 1, newest_first: false };
                let Some((key, _)) = self.rows(range).await?.into_iter().next() else { break };
                let Some(due) = key.as_due() else { break };
                self.horizon.note(queue, due.tenant, due.due_at);
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
            if self.running.is_empty() && !settling.is_empty() && !self.has_news() {
                self.inclusive = None;
                for done in settling.drain(..) {
                    let _nobody_waits = done.send(());
                }
            }
            let clock = Arc::clone(&self.worker.clock);
            let wake_at = self.wake_at();
            let (signal, stamps) = (self.signal.clone(), self.stamps.clone());
            tokio::select! {
                Some(finished) = self.running.join_next() => self.finished(finished),
                () = signal.news() => {}
                () = stamps.freed() => {}
                () = async { match wake_at { Some(at) => clock.wait_until(at).await, None => std::future::pending().await } } => {}
                ask = inbox.recv() => match ask {
                    Some(Ask::Settle(at, done)) => {
                        self.inclusive = Some(self.inclusive.map_or(at, |before| before.max(at)));
                        settling.push(done);
                    }
                    Some(Ask::NextDue(answer)) => {
                        self.take_news();
                        let _nobody_waits = answer.send(self.horizon.next_after(self.worker.clock.now()));
                    }
                    Some(Ask::Stop(done)) => return self.wind_down(done).await,
                    None => return,
                },
            }
        }
    }

    async fn wind_down(mut self, done: oneshot::Sender<()>) {
        while self.running.join_next().await.is_some() {}
        let _nobody_waits = done.send(());
    }

    fn take_news(&mut self) {
        for due in self.signal.take() {
            self.horizon.note(due.queue, due.tenant, due.due_at);
        }
    }

    /// Whether a commit brought something due that has not been looked at.
    fn has_news(&mut self) -> bool {
        let news = self.signal.take();
        let any = !news.is_empty();
        news.into_iter().for_each(|due| self.horizon.note(due.queue, due.tenant, due.due_at));
        any
    }

    /// The latest moment that counts as due in `queue`. A step waits until its moment has passed and until every command with an
    /// older stamp is over; other work is due at its moment.
    fn bound(&self, queue: Queue) -> Timestamp {
        let now = self.worker.clock.now();
        if queue != Queue::Step {
            return now;
        }
        let passed = self.stamps.horizon().plus_ms(-1);
        self.inclusive.map_or(passed, |at| passed.max(at.min(now)))
    }

    /// When to look again if nothing else happens: the next moment, and one later for steps, which want it to have passed.
    fn wake_at(&self) -> Option<Timestamp> {
        let now = self.worker.clock.now();
        let next = self.horizon.next_after(now.plus_ms(-1)).map(|at| at.plus_ms(1).max(now.plus_ms(1)));
        let stumbled = self.stumbled.values().min().copied();
        [next, stumbled].into_iter().flatten().min()
    }

    /// Starts what is due and free, queue by queue, tenants in turn.
    async fn claim(&mut self) -> Result<(), StoreError> {
        let now = self.worker.clock.now();
        let over: Vec<Key> = self.stumbled.iter().filter(|(_, until)| **until <= now).map(|(key, _)| key.clone()).collect();
        for key in over {
            self.stumbled.remove(&key);
            if let Some(due) = key.as_due() {
                self.horizon.note(due.queue, due.tenant, due.due_at);
            }
        }
        for queue in Queue::ALL {
            let bound = self.bound(queue);
            let mut tenants = self.horizon.due(queue, bound);
            tenants.sort();
            let pivot = self.last_served.map_or(0, |last| tenants.partition_point(|tenant| *tenant <= last));
            tenants.rotate_left(pivot);
            for tenant in tenants {
                if self.running.len() >= IN_FLIGHT_MAX {
                    return Ok(());
                }
                self.claim_tenant(queue, tenant, bound).await?;
                self.last_served = Some(tenant);
            }
        }
        Ok(())
    }

    /// Starts what one tenant has due, up to its share. Rows that have to wait for a lane or a free place are looked at again when
    /// something of the tenant ends.
    async fn claim_tenant(&mut self, queue: Queue, tenant: TenantId, bound: Timestamp) -> Result<(), StoreError> {
        let mut after = None;
        // Lanes with an earlier row that has to wait: their later rows wait too, since order within a lane is strict.
        let mut waiting: HashSet<String> = HashSet::new();
        let mut page = PAGE_FIRST;
        loop {
            let range = Range { prefix: Key::due_tenant(queue, tenant), after: after.take(), limit: page, newest_first: false };
            let rows = self.rows(range).await?;
            let is_last_page = rows.len() < page;
            page = (page * 4).min(PAGE_MAX);
            for (key, bytes) in rows {
                let Some(place) = key.as_due() else { continue };
                if place.due_at > bound {
                    self.horizon.set(queue, tenant, Some(place.due_at));
                    return Ok(());
                }
                if self.places_used(tenant) {
                    self.held.insert((tenant, queue));
                    self.horizon.set(queue, tenant, None);
                    return Ok(());
                }
                self.start_or_hold(queue, tenant, key.clone(), &bytes, &mut waiting);
                after = Some(key);
            }
            if is_last_page {
                self.horizon.set(queue, tenant, None);
                return Ok(());
            }
        }
    }

    fn places_used(&self, tenant: TenantId) -> bool {
        let share = self.by_tenant.get(&tenant).copied().unwrap_or(0);
        share >= TENANT_IN_FLIGHT_MAX || self.running.len() >= IN_FLIGHT_MAX
    }

    /// Starts a due row's work, or holds it back where its lane is taken.
    fn start_or_hold(&mut self, queue: Queue, tenant: TenantId, key: Key, bytes: &[u8], waiting: &mut HashSet<String>) {
        let due = match row::decode::<Due>(bytes) {
            Ok((due, _)) => due,
            Err(error) => {
                tracing::error!(%tenant, ?key, %error, "a due row cannot be read and is left");
                return;
            }
        };
        let lane = due.lane();
        let busy = self.busy_lanes.contains(&(tenant, lane.clone())) || waiting.contains(&lane);
        if busy || self.stumbled.contains_key(&key) {
            waiting.insert(lane);
            self.held.insert((tenant, queue));
        } else {
            self.spawn(tenant, lane, key, due);
        }
    }

    fn spawn(&mut self, tenant: TenantId, lane: String, key: Key, due: Due) {
        self.busy_lanes.insert((tenant, lane.clone()));
        *self.by_tenant.entry(tenant).or_default() += 1;
        let worker = Arc::clone(&self.worker);
        self.running.spawn(async move {
            let result = worker.perform(tenant, &key, &due).await;
            Finished { tenant, lane, key, result }
        });
    }

    fn finished(&mut self, finished: Result<Finished, tokio::task::JoinError>) {
        let finished = match finished {
            Ok(finished) => finished,
            Err(error) => {
                tracing::error!(%error, "a piece of work panicked; its lane stays closed until the next start");
                return;
            }
        };
        self.busy_lanes.remove(&(finished.tenant, finished.lane));
        if let Some(count) = self.by_tenant.get_mut(&finished.tenant) {
            *count = count.saturating_sub(1);
        }
        if let Err(error) = finished.result {
            tracing::error!(tenant = %finished.tenant, key = ?finished.key, %error, "a piece of work stumbled and is tried again");
            let until = self.worker.clock.now().plus_ms(STUMBLE_MS);
            self.stumbled.insert(finished.key.clone(), until);
        }
        // Whatever this tenant had to hold back may go now: a lane or a place is free. It was due already.
        for queue in Queue::ALL {
            if self.held.remove(&(finished.tenant, queue)) {
                self.horizon.note(queue, finished.tenant, Timestamp(i64::MIN));
            }
        }
        // Where the work was not spent, its row is still there.
        if let Some(due) = finished.key.as_due() {
            self.horizon.note(due.queue, finished.tenant, due.due_at);
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
