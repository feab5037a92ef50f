//! Actors at work on one host, until it is killed.

use std::sync::Arc;

use tokio::task::JoinSet;

use stagewright_provider_sim::StandIn;

use super::chat::Chat;
use super::contact::Contact;
use super::deal::Deal;
use super::desk::{Desk, Gone};
use super::shift::Shift;
use super::thing::Thing;
use crate::api::Api;
use crate::chance::Chance;
use crate::fixture::Tenant;

/// How many actors work at once.
const ACTORS: u64 = 16;

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
        tokio::select! {
            reached = self.shift.reaches(acknowledgements) => reached,
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
        // The crew knows of the end before the host does, so that no actor takes silence for a
        // fault.
        let under_way = self.shift.ends();
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
