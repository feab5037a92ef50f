//! Actors at work on one host, until it is killed.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use anyhow::Context;
use tokio::sync::watch;
use tokio::task::JoinSet;

use stagewright_provider_sim::StandIn;

use super::chat::Chat;
use super::contact::Contact;
use super::deal::Deal;
use super::{Desk, Gone, Thing};
use crate::api::Api;
use crate::chance::Chance;
use crate::fixture::Tenant;

/// How many actors work at once.
const ACTORS: u64 = 16;

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
    fn new(number: u64) -> Self {
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
}

/// Actors at work.
#[derive(Debug)]
pub struct Crew {
    /// What they share.
    pub shift: Arc<Shift>,
    actors: JoinSet<anyhow::Result<Vec<Thing>>>,
}

impl Crew {
    /// Sets a crew to work.
    #[must_use]
    pub fn start(
        api: &Api,
        tenant: &Tenant,
        provider: &Arc<StandIn>,
        number: u64,
        chance: &mut Chance,
    ) -> Self {
        let shift = Arc::new(Shift::new(number));
        let mut actors = JoinSet::new();
        for _ in 0..ACTORS {
            let desk = Desk { api: api.clone(), tenant: tenant.clone(), shift: Arc::clone(&shift) };
            actors.spawn(work(desk, Arc::clone(provider), chance.fork()));
        }
        Self { shift, actors }
    }

    /// Resolves once so many changes have been acknowledged.
    ///
    /// # Errors
    /// What an actor stumbled over before that.
    pub async fn until(&mut self, acknowledgements: u64) -> anyhow::Result<()> {
        let mut count = self.shift.acknowledged.subscribe();
        tokio::select! {
            reached = count.wait_for(|count| *count >= acknowledgements) => {
                reached.map(|_| ()).context("nobody counts")
            }
            Some(ended) = self.actors.join_next() => {
                ended??;
                anyhow::bail!("an actor ended before the host did")
            }
        }
    }

    /// Has the host killed by `kill`; gives what they worked on, and how many requests were under
    /// way at that moment.
    ///
    /// # Errors
    /// What an actor stumbled over.
    pub async fn end(
        mut self,
        kill: impl FnOnce() -> anyhow::Result<()>,
    ) -> anyhow::Result<(Vec<Thing>, u64)> {
        let under_way = self.shift.under_way.load(Ordering::SeqCst);
        self.shift.over.store(true, Ordering::SeqCst);
        kill()?;
        let mut things = Vec::new();
        while let Some(ended) = self.actors.join_next().await {
            things.extend(ended??);
        }
        Ok((things, under_way))
    }
}

/// One thing after the other until the host is gone.
async fn work(
    desk: Desk,
    provider: Arc<StandIn>,
    mut chance: Chance,
) -> anyhow::Result<Vec<Thing>> {
    let mut things = Vec::new();
    loop {
        let (thing, gone) = match chance.below(10) {
            0..4 => {
                let mut contact = Contact::new(&desk);
                let gone = contact.live(&desk, &mut chance).await?;
                (Thing::Contact(contact), gone)
            }
            4..6 => {
                let mut deal = Deal::new(&desk, &mut chance);
                let gone = deal.live(&desk, &mut chance).await?;
                (Thing::Deal(deal), gone)
            }
            _ => {
                let mut chat = Chat::new(&desk, &mut chance);
                let gone = chat.live(&desk, &provider, &mut chance).await?;
                (Thing::Chat(chat), gone)
            }
        };
        things.push(thing);
        if gone == Err(Gone) {
            return Ok(things);
        }
    }
}
