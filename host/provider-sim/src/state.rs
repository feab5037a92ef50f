//! What a running stand-in remembers. All of it is bounded.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use stagewright_core::seams::Clock;
use stagewright_core::time::Timestamp;

use super::kept::Kept;
use super::meta::{Accepted, Medium};
use super::options::Options;
use super::rate::Used;
use super::record::Record;
use super::script::Script;

/// Most clients, pairs and messages that are remembered.
const ENTRIES_MAX: usize = 20_000;

/// Most files that are remembered; each has at most the bytes of one request.
const MEDIA_MAX: usize = 32;

/// What all connections of a stand-in share.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) options: Options,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) address: SocketAddr,
    /// How many requests have come in and been dealt with, answered or not.
    pub(super) arrived: watch::Sender<u64>,
    /// The requests whose answers are being kept back, and until when.
    pub(super) late: watch::Sender<BTreeMap<u64, Timestamp>>,
    state: Mutex<State>,
}

/// What changes.
#[derive(Debug)]
pub(super) struct State {
    pub(super) record: Record,
    pub(super) scripts: VecDeque<Script>,
    /// When a client last wrote to a number of ours: number's id and client's digits.
    pub(super) heard: Kept<(String, String), Timestamp>,
    /// What Meta has taken, by the message's id.
    pub(super) accepted: Kept<String, Accepted>,
    /// Files by their id.
    pub(super) media: Kept<String, Medium>,
    /// How much of its rate a number has used.
    pub(super) by_number: Kept<String, Used>,
    /// How much of their rate a number and a recipient have used.
    pub(super) by_pair: Kept<(String, String), Used>,
    serial: u64,
}

impl Shared {
    pub(super) fn new(options: Options, clock: Arc<dyn Clock>, address: SocketAddr) -> Self {
        let state = State {
            record: Record::default(),
            scripts: VecDeque::new(),
            heard: Kept::new(ENTRIES_MAX),
            accepted: Kept::new(ENTRIES_MAX),
            media: Kept::new(MEDIA_MAX),
            by_number: Kept::new(ENTRIES_MAX),
            by_pair: Kept::new(ENTRIES_MAX),
            serial: 0,
        };

        Self {
            options,
            clock,
            address,
            arrived: watch::Sender::new(0),
            late: watch::Sender::default(),
            state: Mutex::new(state),
        }
    }

    /// The state; nothing that holds it waits.
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where this listens, as an address.
    pub(super) fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

impl State {
    /// A number that was not given before.
    pub(super) fn next(&mut self) -> u64 {
        self.serial += 1;
        self.serial
    }
}
