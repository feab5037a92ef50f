//! Load with a memory: clients that note what was acknowledged to them, and check it afterwards.
//!
//! A [`Crew`] works on one host until that is killed. Each of its actors goes from one [`Thing`] to
//! the next: a contact that is created and changed, a deal that robots work on, a chat with a
//! client. What was under way when the host was gone is asked again afterwards, as a client or
//! provider would; then each thing is looked for over the API, whole and once.
//!
//! - `contact`, `deal`, `chat`: what the things do and what must hold for them.
//! - `item`: what must hold for everything that robots work on.
//! - `ledger`: what must hold for all things together, and for the requests that the provider
//!   received.

mod chat;
mod contact;
mod crew;
mod deal;
mod item;
mod ledger;

use anyhow::{Context, bail};
use serde_json::Value;

use crate::api::{Api, Ask, Outcome};
use crate::deadline::Deadline;
use crate::fixture::Tenant;

pub use crew::{Crew, Shift};
pub use ledger::Ledger;

/// How long the host may take to finish what it had under way when it was killed.
const PATIENCE_SECONDS: u64 = 30;

/// The host was killed before it answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gone;

/// What an actor works with.
#[derive(Debug, Clone)]
pub(crate) struct Desk {
    pub(crate) api: Api,
    pub(crate) tenant: Tenant,
    /// What the crew shares.
    pub(crate) shift: std::sync::Arc<Shift>,
}

impl Desk {
    /// Asks for a change. One that is carried out counts as an acknowledgement, anything else but
    /// silence is an error.
    pub(crate) async fn change(&self, ask: &Ask) -> anyhow::Result<Result<Value, Gone>> {
        // This counts before the request leaves, so that the count holds whatever is under way at
        // the kill.
        self.shift.begins();
        let outcome = self.api.send(ask).await;
        match outcome {
            Outcome::Answered(200..=299, body) => {
                self.shift.acknowledged();
                Ok(Ok(body))
            }
            outcome if self.shift.is_over() && is_gone(&outcome) => {
                self.shift.lost();
                Ok(Err(Gone))
            }
            Outcome::Answered(status, body) => bail!("{ask:?} was answered {status}: {body}"),
            Outcome::Lost => bail!("the host did not answer, though nobody had killed it"),
        }
    }

    /// Looks at something; silence is all right once the host is gone.
    pub(crate) async fn look(&self, path: String) -> anyhow::Result<Result<Value, Gone>> {
        match self.api.send(&Ask::get(path)).await {
            Outcome::Answered(200..=299, body) => Ok(Ok(body)),
            outcome if self.shift.is_over() && is_gone(&outcome) => Ok(Err(Gone)),
            Outcome::Answered(status, body) => bail!("a look was answered {status}: {body}"),
            Outcome::Lost => bail!("the host did not answer a look, though nobody had killed it"),
        }
    }
}

/// Whether a host that is to end says nothing more, or that it takes nothing more. Either way
/// nobody knows what was done.
fn is_gone(outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Lost => true,
        Outcome::Answered(status, body) => {
            *status == 503 && body.pointer("/code").is_some_and(|code| code == "store.stopped")
        }
    }
}

/// What an actor worked on.
#[derive(Debug)]
pub enum Thing {
    /// A record that is created and changed.
    Contact(contact::Contact),
    /// An item that robots work on.
    Deal(deal::Deal),
    /// A conversation with a client, and the item that it made.
    Chat(chat::Chat),
}

impl Thing {
    /// Asks again for what was under way when the host was gone.
    ///
    /// # Errors
    /// Where it is not carried out now.
    pub async fn recover(&mut self, api: &Api) -> anyhow::Result<()> {
        match self {
            Self::Contact(contact) => contact.recover(api).await,
            Self::Deal(deal) => deal.recover(api).await,
            Self::Chat(chat) => chat.recover(api).await,
        }
        .with_context(|| format!("recovering {self:?}"))
    }

    /// Checks that all that was acknowledged is there, whole and once. What is under way is waited
    /// for: what is missing may still come, what is there twice stays so.
    ///
    /// # Errors
    /// What is not.
    pub async fn check(&self, api: &Api, tenant: &Tenant) -> anyhow::Result<()> {
        let deadline = Deadline::seconds(PATIENCE_SECONDS);
        loop {
            let found = match self {
                Self::Contact(contact) => contact.check(api).await,
                Self::Deal(deal) => deal.check(api, tenant).await,
                Self::Chat(chat) => chat.check(api, tenant).await,
            };

            if found.is_ok() || deadline.passed() {
                return found.with_context(|| format!("checking {self:?}"));
            }
            tokio::task::yield_now().await;
        }
    }

    /// Asks again for what was acknowledged with an idempotency key, which must give the very same
    /// answer.
    ///
    /// # Errors
    /// Where it gives another one.
    pub async fn repeat(&self, api: &Api) -> anyhow::Result<()> {
        match self {
            Self::Contact(contact) => contact.repeat(api).await,
            Self::Deal(deal) => deal.repeat(api).await,
            Self::Chat(chat) => chat.repeat(api).await,
        }
        .with_context(|| format!("repeating {self:?}"))
    }
}

/// A request that was answered, to be sent again.
#[derive(Debug, Clone)]
pub(crate) struct Done {
    pub(crate) ask: Ask,
    pub(crate) answer: Value,
}

impl Done {
    /// Sends it again.
    pub(crate) async fn repeat(&self, api: &Api) -> anyhow::Result<()> {
        let again = api.done(&self.ask).await?;
        if again != self.answer {
            bail!("the same request was answered otherwise: first {}, then {again}", self.answer);
        }
        Ok(())
    }
}
