//! What must hold for everything together: nothing is there that nobody asked for, nothing twice,
//! and the provider got each message at most once.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, ensure};
use serde_json::Value;

use stagewright_core::time::Timestamp;
use stagewright_provider_sim::{Received, StandIn};

use super::thing::Thing;
use crate::api::{Api, text};

/// All that has been asked for so far, and all requests that the provider received.
#[derive(Debug, Default)]
pub struct Ledger {
    contacts: BTreeMap<String, (u64, String)>,
    /// Titles of deals.
    deals: BTreeSet<String>,
    /// Requests by the delivery that they are for.
    requests: BTreeMap<String, Vec<Received>>,
    /// Number of the last request that is in `requests`.
    counted: u64,
    /// Deliveries that are known to have ended as `unknown`.
    unknown: BTreeSet<String>,
}

impl Ledger {
    /// Adds what a crew worked on.
    pub fn enter(&mut self, things: &[Thing]) {
        for thing in things {
            match thing {
                Thing::Contact(contact) => {
                    self.contacts
                        .insert(contact.name.clone(), contact.known.clone().unwrap_or_default());
                }
                Thing::Deal(deal) => {
                    self.deals.insert(deal.title.clone());
                }
                Thing::Chat(chat) => {
                    self.deals.insert(chat.name.clone());
                }
            }
        }
    }

    /// How many messages the provider was asked to take.
    #[must_use]
    pub fn messages(&self) -> usize {
        self.requests.len()
    }

    /// How many deliveries have ended as `unknown`.
    #[must_use]
    pub fn unknowns(&self) -> usize {
        self.unknown.len()
    }

    /// Every contact is there as it was acknowledged, every deal is there, each once, and there are
    /// no others.
    ///
    /// # Errors
    /// What is missing, twice or too much.
    pub async fn check_records(&self, api: &Api) -> anyhow::Result<()> {
        let mut contacts = BTreeMap::new();
        for contact in api.list("/v1/records/contact", |_| false).await? {
            let comment = text(&contact, "/fields/comment").unwrap_or_default();
            let version = contact.pointer("/version").and_then(Value::as_u64).unwrap_or_default();
            let before = contacts.insert(text(&contact, "/fields/name")?, (version, comment));
            ensure!(before.is_none(), "a contact is there twice: {contact}");
        }

        let differs =
            contacts.iter().find(|(name, found)| self.contacts.get(*name) != Some(*found));
        ensure!(
            contacts.len() == self.contacts.len() && differs.is_none(),
            "contacts differ: {differs:?}"
        );

        let mut deals = BTreeSet::new();
        for deal in api.list("/v1/records/deal", |_| false).await? {
            ensure!(deals.insert(text(&deal, "/fields/title")?), "a deal is there twice: {deal}");
        }
        ensure!(
            deals == self.deals,
            "deals differ: {:?}",
            deals.symmetric_difference(&self.deals).next()
        );
        Ok(())
    }

    /// Takes in what the provider received since the last time.
    ///
    /// # Errors
    /// Where a request names no delivery, or the provider has forgotten one.
    pub fn count_requests(&mut self, provider: &StandIn) -> anyhow::Result<()> {
        ensure!(
            provider.forgotten() <= self.counted,
            "the provider has forgotten requests that nobody has counted"
        );

        for request in provider.received() {
            if request.number > self.counted {
                self.counted = request.number;
                let body = request.json();
                let delivery =
                    text(&body, "/biz_opaque_callback_data").or_else(|_| text(&body, "/id"));
                self.requests
                    .entry(delivery.context("a request without a delivery")?)
                    .or_default()
                    .push(request);
            }
        }
        Ok(())
    }

    /// Each message was requested at most once, and exactly once where it counts as sent. One is
    /// `unknown` only where the host was killed while it was being sent: no answer had come by
    /// `killed_at`, or it came so shortly before that it was not noted yet.
    ///
    /// # Errors
    /// A message of which that is not so. Where `whole`, all messages since the start are looked
    /// at, else the newest.
    pub async fn check_messages(
        &mut self,
        api: &Api,
        killed_at: Timestamp,
        whole: bool,
    ) -> anyhow::Result<()> {
        let doubled = self.requests.iter().find(|(_, requests)| requests.len() > 1);
        ensure!(doubled.is_none(), "a message was requested more than once: {doubled:?}");

        let known = |page: &[Value]| {
            !whole
                && page.iter().all(|delivery| {
                    text(delivery, "/created_at").is_ok_and(|at| is_old(&at, killed_at))
                })
        };

        let mut listed = BTreeSet::new();
        for delivery in api.list("/v1/deliveries", known).await? {
            listed.insert(text(&delivery, "/id")?);
            let (id, state) = (text(&delivery, "/id")?, text(&delivery, "/state")?);
            let requests = self.requests.get(&id).map_or(0, Vec::len);

            match state.as_str() {
                "sent" => {
                    ensure!(requests == 1, "sent, but requested {requests} times: {delivery}");
                }
                "unknown" if self.unknown.insert(id.clone()) => {
                    self.check_unknown(&id, &delivery, killed_at)?;
                }
                // It was checked after the kill that it belongs to; an earlier kill's moment is not
                // kept.
                "unknown" => {}
                _ => anyhow::bail!("a message that is neither sent nor unknown: {delivery}"),
            }
        }

        let stray = self.requests.keys().find(|id| whole && !listed.contains(*id));
        ensure!(
            stray.is_none(),
            "the provider got a message that the host knows nothing of: {stray:?}"
        );
        Ok(())
    }

    fn check_unknown(
        &self,
        id: &str,
        delivery: &Value,
        killed_at: Timestamp,
    ) -> anyhow::Result<()> {
        let request = self.requests.get(id).and_then(|requests| requests.first());
        let Some(request) = request else { return Ok(()) };

        let before_ms = killed_at.since_ms(request.at);
        ensure!(
            before_ms < SENDING_MS,
            "unknown, but it was answered {before_ms} ms before the kill: {delivery}"
        );
        Ok(())
    }
}

/// How long before the kill a message may have been requested whose answer was not noted: the
/// slowest answer of the provider, and a commit on a busy machine.
const SENDING_MS: i64 = 2_000;

/// Whether a page of the list lies so far back that the checks before have seen it.
fn is_old(created_at: &str, killed_at: Timestamp) -> bool {
    created_at.parse::<Timestamp>().is_ok_and(|at| killed_at.since_ms(at) > 60_000)
}
