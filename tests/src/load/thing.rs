//! What an actor works on, whichever it is.

use anyhow::Context;

use super::chat::Chat;
use super::contact::Contact;
use super::deal::Deal;
use crate::api::Api;
use crate::deadline::Deadline;
use crate::fixture::Tenant;

/// How long the host may take to finish what it had under way when it was killed.
const PATIENCE_SECONDS: u64 = 30;

/// What an actor worked on.
#[derive(Debug)]
pub enum Thing {
    /// A record that is created and changed.
    Contact(Contact),
    /// An item that robots work on.
    Deal(Deal),
    /// A conversation with a client, and the item that it made.
    Chat(Chat),
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
