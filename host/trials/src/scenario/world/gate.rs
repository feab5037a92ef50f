//! Holds that robots and requests run into, for scenarios in which two things race.

use std::collections::BTreeSet;
use std::sync::Arc;

use tokio::sync::watch;

use stagewright_core::call::{
    ChannelAnswer, ChannelCall, RobotAnswer, RobotCall, TriggerAnswer, TriggerCall,
};
use stagewright_core::commit::Commit;
use stagewright_core::read::{Found, Read};
use stagewright_core::seams::{Later, Plugins, Store, StoreError};

/// What can be held.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(in crate::scenario) enum Held {
    /// A robot, by its id in its automation.
    Robot(String),
    /// What requests commit.
    Requests,
}

#[derive(Clone, Default, Debug)]
struct State {
    held: BTreeSet<Held>,
    waiting: BTreeSet<Held>,
}

/// The holds of one scenario; clones share them.
#[derive(Clone, Debug, Default)]
pub(in crate::scenario) struct Gate {
    state: Arc<watch::Sender<State>>,
}

impl Gate {
    /// Holds whatever comes by.
    pub(in crate::scenario) fn hold(&self, what: Held) {
        self.state.send_modify(|state| {
            state.held.insert(what);
        });
    }

    /// Lets it go; says whether anything had come.
    pub(in crate::scenario) fn release(&self, what: &Held) -> bool {
        let mut had_come = false;
        self.state.send_modify(|state| {
            state.held.remove(what);
            had_come = state.waiting.remove(what);
        });
        had_come
    }

    /// Resolves once something that `wanted` names is being held.
    pub(in crate::scenario) async fn reached(&self, wanted: impl Fn(&Held) -> bool) {
        let mut state = self.state.subscribe();
        // The sender lives in `self`, so waiting cannot fail.
        let _reached = state.wait_for(|state| state.waiting.iter().any(&wanted)).await;
    }

    /// Whether a robot is being held now.
    pub(in crate::scenario) fn holds_a_robot(&self) -> bool {
        self.state.borrow().waiting.iter().any(|held| matches!(held, Held::Robot(_)))
    }

    /// Comes by, and waits where that is held.
    async fn pass(&self, what: Held) {
        // Looked at and noted under one lock, so that a release in between does not miss what has
        // come.
        let is_held = self.state.send_if_modified(|state| {
            state.held.contains(&what) && state.waiting.insert(what.clone())
        });
        if is_held {
            let mut state = self.state.subscribe();
            let _released = state.wait_for(|state| !state.held.contains(&what)).await;
        }
    }
}

/// Plugins whose robots' answers can be held: their code has run, and nothing of it is committed.
#[derive(Debug)]
pub(super) struct GatedPlugins {
    /// Who runs them.
    pub(super) inner: Arc<dyn Plugins>,
    /// The holds.
    pub(super) gate: Gate,
}

impl Plugins for GatedPlugins {
    fn robot(&self, call: RobotCall) -> Later<'_, RobotAnswer> {
        // `<run>/<robot's id>`
        let id = call.context.step_id.rsplit('/').next().unwrap_or_default().to_owned();
        Box::pin(async move {
            let answer = self.inner.robot(call).await;
            self.gate.pass(Held::Robot(id)).await;
            answer
        })
    }

    fn trigger(&self, call: TriggerCall) -> Later<'_, TriggerAnswer> {
        self.inner.trigger(call)
    }

    fn channel(&self, call: ChannelCall) -> Later<'_, ChannelAnswer> {
        self.inner.channel(call)
    }
}

/// A store whose commits by requests can be held.
#[derive(Debug)]
pub(super) struct GatedRequests {
    /// The store.
    pub(super) inner: Arc<dyn Store>,
    /// The holds.
    pub(super) gate: Gate,
}

impl Store for GatedRequests {
    fn read<'a>(&'a self, reads: &'a [Read]) -> Later<'a, Result<Vec<Found>, StoreError>> {
        self.inner.read(reads)
    }

    fn commit(&self, commit: Commit) -> Later<'_, Result<(), StoreError>> {
        Box::pin(async move {
            self.gate.pass(Held::Requests).await;
            self.inner.commit(commit).await
        })
    }

    fn settled(&self) -> Later<'_, Result<(), StoreError>> {
        self.inner.settled()
    }
}

/// Rows in memory that outlive a host, which loses its grip on them when it crashes: whatever it
/// still has under way comes to nothing, as it would in a process that is gone.
#[derive(Debug)]
pub(super) struct Mortal {
    /// The rows.
    pub(super) inner: Arc<dyn Store>,
    /// Whether its host is gone.
    pub(super) gone: watch::Receiver<bool>,
}

impl Mortal {
    fn alive(&self) -> Result<(), StoreError> {
        if *self.gone.borrow() {
            Err(StoreError::Stopped("this host has crashed".to_owned()))
        } else {
            Ok(())
        }
    }
}

impl Store for Mortal {
    fn read<'a>(&'a self, reads: &'a [Read]) -> Later<'a, Result<Vec<Found>, StoreError>> {
        Box::pin(async move {
            self.alive()?;
            self.inner.read(reads).await
        })
    }

    fn commit(&self, commit: Commit) -> Later<'_, Result<(), StoreError>> {
        Box::pin(async move {
            self.alive()?;
            self.inner.commit(commit).await
        })
    }

    fn settled(&self) -> Later<'_, Result<(), StoreError>> {
        self.inner.settled()
    }
}
