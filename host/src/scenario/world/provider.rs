//! The providers' side: a stand-in that keeps every request as it came, and what providers send, signed.

use std::sync::Arc;

use serde_json::{Value, json};
use stagewright_core::outside::Incoming;
use stagewright_core::seams::Clock;
use stagewright_core::time::Timestamp;

use crate::clock::ManualClock;
use crate::demo::standin::{Options, Received, StandIn};
use crate::scenario::grammar::{ClientWrites, Fixture};

/// The plugin of channels that speak signed JSON.
const JSON: &str = "stagewright.signed-json";
/// The plugin of channels that speak to Meta.
const META: &str = "whatsapp.cloud";

/// A message that left the host.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::scenario) struct Sent {
    /// To whom.
    pub(in crate::scenario) to: String,
    /// What it says; empty where it is a template.
    pub(in crate::scenario) text: String,
    /// The approved template's name.
    pub(in crate::scenario) template: Option<String>,
    /// When it came, by the scenario's clock.
    pub(in crate::scenario) at: Timestamp,
}

/// The stand-in for all providers.
#[derive(Debug)]
pub(super) struct Provider {
    standin: StandIn,
}

impl Provider {
    /// Starts it with the secrets of the fixture, where that has any.
    ///
    /// # Errors
    /// A sentence.
    pub(super) async fn start(fixture: &Fixture, clock: Arc<ManualClock>) -> Result<Self, String> {
        let mut options = Options::default();
        let secrets = [
            ("access_token", &mut options.access_token),
            ("app_secret", &mut options.app_secret),
            ("verify_token", &mut options.verify_token),
            ("api_token", &mut options.json_token),
            ("signing_secret", &mut options.json_secret),
        ];
        for (name, known) in secrets {
            if let Some(value) = fixture.secrets.get(name) {
                known.clone_from(value);
            }
        }
        let clock: Arc<dyn Clock> = clock;
        let standin = StandIn::start(options, clock).await.map_err(|e| format!("no port for the stand-in: {e}"))?;
        Ok(Self { standin })
    }

    /// The secrets that its channels need.
    pub(super) fn secrets(&self) -> [(&'static str, &str); 5] {
        self.standin.options().secrets()
    }

    /// Where the channels of a plugin find it; nothing for a plugin that it does not stand in for.
    pub(super) fn address(&self, plugin: &str) -> Option<String> {
        match plugin {
            JSON => Some(self.standin.json_url()),
            META => Some(self.standin.api_base()),
            _ => None,
        }
    }

    /// What the provider posts when a client writes; `number` is that of the message.
    ///
    /// # Errors
    /// A sentence.
    pub(super) fn inbound(&self, plugin: &str, writes: &ClientWrites, number: u32) -> Result<Incoming, String> {
        let name = writes.name.as_deref().unwrap_or_default();
        let mut incoming = match (plugin, &writes.id) {
            (JSON, id) => {
                let id = id.clone().unwrap_or_else(|| format!("in-{number}"));
                let event = json!({
                    "kind": "message", "external_id": id, "address": writes.from, "display_name": name, "body": { "text": writes.text },
                });
                self.standin.signed_json(&json!([event]))
            }
            (META, None) => self.standin.inbound_text(&writes.from, name, &writes.text).incoming(),
            (META, Some(_)) => return Err("WhatsApp chooses the ids of messages itself; leave `id` out".to_owned()),
            _ => return Err(format!("clients write through channels of {JSON} and {META}; this is one of {plugin}")),
        };
        if writes.forged {
            // Other bytes under the same signature.
            incoming.body.push(b' ');
        }
        Ok(incoming)
    }

    /// The messages that came, in order.
    ///
    /// # Errors
    /// A sentence where a request holds no message.
    pub(super) fn sent(&self) -> Result<Vec<Sent>, String> {
        self.standin.received().iter().map(message).collect()
    }
}

fn message(received: &Received) -> Result<Sent, String> {
    let body = received.json();
    let text = |pointer: &str| body.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    let template = text("/template/name");
    match (text("/to"), text("/text").or_else(|| text("/text/body")).or_else(|| template.as_ref().map(|_| String::new()))) {
        (Some(to), Some(text)) => Ok(Sent { to, text, template, at: received.at }),
        _ => Err(format!("what left the host is no message: {}", String::from_utf8_lossy(&received.raw()))),
    }
}
