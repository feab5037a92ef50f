//! The four seams between the rules and the world. Each has at least two implementations; a further
//! trait needs a second implementation or a decision record.

use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;

use crate::call::{ChannelAnswer, ChannelCall, RobotAnswer, RobotCall, TriggerAnswer, TriggerCall};
use crate::commit::Commit;
use crate::key::Key;
use crate::outside::{ConnectError, Response, SealedRequest};
use crate::read::{Found, Read};
use crate::time::Timestamp;

/// A future that a seam answers with.
pub type Later<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Why the store could not do it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Another commit came first: this row or guard is not at the expected version. Load again and
    /// decide again.
    #[error("row {0:?} has changed")]
    Conflict(Key),
    /// A row cannot be read back. `stagewright storage verify` names the damage.
    #[error("the store is damaged: {0}")]
    Damaged(String),
    /// A write or a sync failed. Nothing more is acknowledged until the process starts anew.
    #[error("the store has stopped: {0}")]
    Stopped(String),
}

/// Where rows are kept.
pub trait Store: Send + Sync + Debug {
    /// Answers each read, in order. There is no snapshot across them; what must hold together is
    /// checked at commit. A range's guard is read before its rows.
    fn read<'a>(&'a self, reads: &'a [Read]) -> Later<'a, Result<Vec<Found>, StoreError>>;

    /// Applies a commit, all or nothing, and answers only once it is durable.
    ///
    /// # Contract
    /// Expectations are checked against every commit before this one, those of the same group
    /// included. Guards are bumped from the version they have then.
    fn commit(&self, commit: Commit) -> Later<'_, Result<(), StoreError>>;

    /// Resolves once everything that reads could see when this was called is durable. Whoever
    /// answers a client from a read waits for it first, since a row can be visible shortly before
    /// it is synced.
    fn settled(&self) -> Later<'_, Result<(), StoreError>>;
}

/// What time it is.
pub trait Clock: Send + Sync + Debug {
    /// Now. Never goes back.
    fn now(&self) -> Timestamp;

    /// Resolves at `at`, or at once if that is past.
    fn wait_until(&self, at: Timestamp) -> Later<'_, ()>;
}

/// Who runs plugin code.
pub trait Plugins: Send + Sync + Debug {
    /// Runs a robot once in a fresh instance.
    fn robot(&self, call: RobotCall) -> Later<'_, RobotAnswer>;

    /// Asks a trigger about an event, in a fresh instance.
    fn trigger(&self, call: TriggerCall) -> Later<'_, TriggerAnswer>;

    /// Asks a channel to check, translate or send, in a fresh instance.
    fn channel(&self, call: ChannelCall) -> Later<'_, ChannelAnswer>;
}

/// Who speaks to servers outside.
pub trait Connector: Send + Sync + Debug {
    /// Sends one request and waits for the answer. Never repeats it, never follows a redirect.
    fn send(&self, request: SealedRequest) -> Later<'_, Result<Response, ConnectError>>;
}
