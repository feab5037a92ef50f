//! What the host keeps for one call while its guest runs, and how a host function gets its answer.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};
use tokio::runtime::Handle;
use tokio::time::Instant;

use stagewright_core::call::{CallLimits, Limit};
use stagewright_core::outside::{ConnectError, Response, SealedRequest, SecretValues};
use stagewright_core::scope::{HostError, Scope, Stop};
use stagewright_core::seams::{Connector, Store, StoreError};
use stagewright_core::time::Timestamp;
use stagewright_core::tx::ROUNDS_MAX;

use super::bindings::types;
use super::chance::Chance;
use super::executor::Spawned;
use super::limits::Allocation;
use super::log::CallLog;

/// Why the host ends a call from within a host function.
#[derive(Debug, thiserror::Error)]
pub(super) enum Ended {
    /// One host call too many.
    #[error("the call has used up its host calls")]
    HostCalls,
    /// The store did not answer.
    #[error("the store did not answer")]
    Store(#[source] StoreError),
    /// The component has no such export.
    #[error("it exports no {0}")]
    NoExport(&'static str),
    /// A row cannot be read, or a decision never comes to an end.
    #[error("the store holds what cannot be read: {0}")]
    Damaged(String),
}

/// Counts host calls and remembers the last one.
#[derive(Debug)]
pub(super) struct Meter {
    pub(super) calls: u32,
    pub(super) last: &'static str,
    max: u32,
}

/// What a channel plugin may know about its channel; empty for robots and triggers.
#[derive(Debug, Default)]
pub(super) struct ChannelFacts {
    pub(super) public_url: String,
    pub(super) settings: Map<String, Value>,
    pub(super) secrets: SecretValues,
}

/// What a request leaves to the rest of its call, so that a guest learns of an answer that did not
/// come before its own time is over.
const REST_OF_CALL: Duration = Duration::from_millis(500);

/// Refusals of one call that are kept.
const REFUSALS_KEPT: usize = 16;

/// The world that host functions reach.
#[derive(Clone, Debug)]
pub(super) struct World {
    pub(super) rows: Arc<dyn Store>,
    pub(super) connector: Arc<dyn Connector>,
    /// The threads for input and output, which are not those that guests run on.
    pub(super) network: Handle,
}

/// The data of one call's store.
pub(super) struct CallState {
    pub(super) allocation: Allocation,
    pub(super) meter: Meter,
    pub(super) log: CallLog,
    pub(super) chance: Chance,
    pub(super) now: Timestamp,
    pub(super) channel: ChannelFacts,
    pub(super) scope: Scope,
    /// The refusal of an effect that was one too many, if there was one.
    pub(super) effects_refused: Option<String>,
    /// The newest refusals that the guest was given: should it give up over one of them, it is not
    /// to blame.
    pub(super) refusals: VecDeque<HostError>,
    /// Whether a host function is waiting for the store right now.
    pub(super) waiting: bool,
    /// When the call is over, whatever it does.
    pub(super) deadline: Instant,
    world: World,
}

impl fmt::Debug for CallState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallState")
            .field("allocation", &self.allocation)
            .field("meter", &self.meter)
            .finish_non_exhaustive()
    }
}

impl CallState {
    /// The state of a fresh call at `now`, its randomness seeded with `seed`.
    pub(super) fn new(
        limits: &CallLimits,
        seed: &str,
        now: Timestamp,
        scope: Scope,
        world: World,
    ) -> Self {
        Self {
            allocation: Allocation::new(limits),
            meter: Meter { calls: 0, last: "none", max: limits.host_calls },
            log: CallLog::new(limits.log_bytes),
            chance: Chance::new(seed),
            now,
            channel: ChannelFacts::default(),
            scope,
            effects_refused: None,
            refusals: VecDeque::new(),
            waiting: false,
            deadline: Instant::now() + Duration::from_millis(limits.wall_ms),
            world,
        }
    }

    /// Counts a host call. Every host function begins with it.
    pub(super) fn enter(&mut self, function: &'static str) -> wasmtime::Result<()> {
        // Noted before the limit is looked at, so that the message names the call that was one too
        // many.
        self.meter.last = function;
        if self.meter.calls >= self.meter.max {
            return Err(Ended::HostCalls.into());
        }
        self.meter.calls += 1;
        Ok(())
    }

    /// How long a request may take, in milliseconds.
    pub(super) fn time_left_ms(&self) -> u64 {
        let left =
            self.deadline.saturating_duration_since(Instant::now()).saturating_sub(REST_OF_CALL);

        u64::try_from(left.as_millis()).unwrap_or(u64::MAX).max(1)
    }

    /// Sends a request. It is given up together with the call.
    pub(super) async fn send_outside(
        &mut self,
        request: SealedRequest,
    ) -> Result<Response, ConnectError> {
        let connector = Arc::clone(&self.world.connector);
        // Not on the threads for guests, where one that spins would hold the answer up.
        let sending =
            Spawned(self.world.network.spawn(async move { connector.send(request).await }));

        self.waiting = true;
        let answer = sending.answer().await;
        self.waiting = false;

        answer.unwrap_or_else(|| {
            Err(ConnectError::Unknown(
                "the host itself failed while it sent the request".to_owned(),
            ))
        })
    }

    /// Asks the scope, loads what it needs and asks again. A refusal goes to the guest; anything
    /// else ends the call.
    pub(super) async fn ask<T>(
        &mut self,
        mut question: impl FnMut(&mut Scope) -> Result<T, Stop>,
    ) -> wasmtime::Result<Result<T, types::HostError>> {
        for _ in 0..=ROUNDS_MAX {
            let reads = match question(&mut self.scope) {
                Ok(answer) => return Ok(Ok(answer)),
                Err(Stop::Refused(refusal)) => {
                    if refusal.subject.as_deref() == Some(Limit::Effects.code()) {
                        self.effects_refused = Some(refusal.message.clone());
                    }
                    if self.refusals.len() == REFUSALS_KEPT {
                        self.refusals.pop_front();
                    }
                    self.refusals.push_back(refusal.clone());
                    return Ok(Err(refusal.into()));
                }
                Err(Stop::Damaged(reason)) => return Err(Ended::Damaged(reason).into()),
                Err(Stop::Need(reads)) => reads,
            };

            // Should the time of the call end in here, it is said that the guest waited and did not
            // work.
            self.waiting = true;
            let found = self.world.rows.read(&reads).await;
            self.waiting = false;
            let found = found.map_err(Ended::Store)?;
            self.scope.loaded(reads, found);
        }

        Err(Ended::Damaged(format!("{} asks for ever more rows", self.meter.last)).into())
    }
}
