//! The stand-in as its users hold it.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use stagewright_core::outside::Incoming;
use stagewright_core::seams::Clock;
use stagewright_core::time::Timestamp;

use super::meta::Accepted;
use super::options::Options;
use super::record::Received;
use super::script::Script;
use super::state::Shared;
use super::{server, sign};

/// A running stand-in. It stops when this is dropped.
#[derive(Debug)]
pub struct StandIn {
    pub(super) shared: Arc<Shared>,
    _stop: oneshot::Sender<()>,
}

impl StandIn {
    /// Starts a stand-in on a free port of 127.0.0.1.
    ///
    /// # Errors
    /// Where no port can be had.
    pub async fn start(options: Options, clock: Arc<dyn Clock>) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let shared = Arc::new(Shared::new(options, clock, listener.local_addr()?));
        let (stop, stopped) = oneshot::channel();
        server::serve(listener, Arc::clone(&shared), stopped);
        Ok(Self { shared, _stop: stop })
    }

    /// What it was started with.
    #[must_use]
    pub fn options(&self) -> &Options {
        &self.shared.options
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.shared.address
    }

    /// The address of Meta's API, version included: the setting `api_base` of a WhatsApp channel.
    #[must_use]
    pub fn api_base(&self) -> String {
        format!("{}/v21.0", self.shared.origin())
    }

    /// The address of the gateway for signed JSON: the setting `url` of its channel.
    #[must_use]
    pub fn json_url(&self) -> String {
        format!("{}/json/messages", self.shared.origin())
    }

    /// The address of a server like any other, which answers with what it was asked.
    #[must_use]
    pub fn server_url(&self) -> String {
        format!("{}/server", self.shared.origin())
    }

    /// The settings of a WhatsApp channel of the first number.
    #[must_use]
    pub fn channel_settings(&self) -> Value {
        json!({
            "phone_number_id": self.shared.options.first_number().id, "api_base": self.api_base(),
        })
    }

    /// Has the next requests answered as these say, one for each request; afterwards all is as
    /// usual again.
    pub fn script(&self, scripts: impl IntoIterator<Item = Script>) {
        self.shared.lock().scripts.extend(scripts);
    }

    /// Every request so far, in the order of arrival. Of very many the oldest are forgotten; see
    /// [`StandIn::forgotten`].
    #[must_use]
    pub fn received(&self) -> Vec<Received> {
        self.shared.lock().record.all()
    }

    /// How many requests have been forgotten for want of room.
    #[must_use]
    pub fn forgotten(&self) -> u64 {
        self.shared.lock().record.forgotten()
    }

    /// Resolves once `count` requests have come in since the start and what they ask for has been
    /// done, answered or not.
    pub async fn arrived(&self, count: u64) {
        let mut arrived = self.shared.arrived.subscribe();
        // The sender lives in `self`, so waiting cannot fail.
        let _reached = arrived.wait_for(|arrived| *arrived >= count).await;
    }

    /// When the next answer comes that is being kept back, if one is.
    #[must_use]
    pub fn next_late(&self) -> Option<Timestamp> {
        let now = self.shared.now();
        self.shared.late.borrow().values().copied().filter(|until| *until > now).min()
    }

    /// Resolves once an answer is being kept back.
    pub async fn is_late(&self) {
        let mut late = self.shared.late.subscribe();
        let now = self.shared.now();
        // The sender lives in `self`, so waiting cannot fail.
        let _reached = late.wait_for(|late| late.values().any(|until| *until > now)).await;
    }

    /// The answers that are being kept back count no more: whoever waited for them is gone.
    pub fn forget_late(&self) {
        self.shared.late.send_modify(BTreeMap::clear);
    }

    /// The messages that Meta's API has taken, in order.
    #[must_use]
    pub fn accepted(&self) -> Vec<Accepted> {
        self.shared.lock().accepted.values().cloned().collect()
    }

    /// The request that Meta sends when the webhook's address is set up.
    #[must_use]
    pub fn handshake(&self) -> Incoming {
        sign::handshake(&self.shared.options.verify_token)
    }

    /// What a gateway posts, signed: `events` is the list that signed JSON describes.
    #[must_use]
    pub fn signed_json(&self, events: &Value) -> Incoming {
        sign::json(&self.shared.options.json_secret, events)
    }
}
