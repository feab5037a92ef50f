//! The providers' side: a stand-in that keeps every request as it came, and what providers send,
//! signed.

use std::sync::Arc;

use serde_json::{Value, json};

use stagewright_core::outside::Incoming;
use stagewright_core::seams::Clock;
use stagewright_core::time::Timestamp;
use stagewright_provider_sim::{Became, Options, Received, Script, StandIn};
use stagewright_server::clock::ManualClock;

use crate::scenario::grammar::{ClientWrites, Fixture, ProviderReports, Reaction, Reported};

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
        let standin = StandIn::start(options, clock)
            .await
            .map_err(|e| format!("no port for the stand-in: {e}"))?;
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

    /// Where robots find a server that is no provider.
    pub(super) fn server(&self) -> String {
        self.standin.server_url()
    }

    /// What the provider posts when a client writes; `number` is that of the message.
    ///
    /// # Errors
    /// A sentence.
    pub(super) fn inbound(
        &self,
        plugin: &str,
        writes: &ClientWrites,
        number: u32,
    ) -> Result<Incoming, String> {
        let name = writes.name.as_deref().unwrap_or_default();
        let mut incoming = match (plugin, &writes.id) {
            (JSON, id) => {
                let id = id.clone().unwrap_or_else(|| format!("in-{number}"));
                let event = json!({
                    "kind": "message", "external_id": id, "address": writes.from,
                    "display_name": name, "body": { "text": writes.text },
                });
                self.standin.signed_json(&json!([event]))
            }
            (META, None) => self.standin.inbound_text(&writes.from, name, &writes.text).incoming(),
            (META, Some(_)) => {
                return Err("WhatsApp chooses the ids of messages itself; leave `id` \
                    out"
                .to_owned());
            }
            _ => {
                return Err(format!(
                    "clients write through channels of {JSON} and {META}; this is one of {plugin}"
                ));
            }
        };

        if writes.forged {
            // Other bytes under the same signature.
            incoming.body.push(b' ');
        }

        Ok(incoming)
    }

    /// Has the next requests answered like this, one each.
    pub(super) fn answer_next(&self, reactions: &[Reaction]) {
        self.standin.script(reactions.iter().map(|reaction| match *reaction {
            Reaction::Usual => Script::Usual,
            Reaction::Lost => Script::LoseAnswer,
            Reaction::Unheard => Script::LoseRequest,
            Reaction::Late { ms } => Script::Late(ms),
            Reaction::Status { status, retry_after } => Script::Status { status, retry_after },
            Reaction::Code { code, retry_after } => Script::Error { code, retry_after },
        }));
    }

    /// When the next answer comes that is being kept back.
    pub(super) fn next_late(&self) -> Option<Timestamp> {
        self.standin.next_late()
    }

    /// Resolves once an answer is being kept back.
    pub(super) async fn is_late(&self) {
        self.standin.is_late().await;
    }

    /// The answers that are being kept back count no more.
    pub(super) fn forget_late(&self) {
        self.standin.forget_late();
    }

    /// What the provider posts about a message that it took.
    ///
    /// # Errors
    /// A sentence.
    pub(super) fn report(
        &self,
        plugin: &str,
        reports: &ProviderReports,
    ) -> Result<Incoming, String> {
        let to = &reports.to;
        let taken: Vec<String> = match plugin {
            META => self
                .standin
                .accepted()
                .into_iter()
                .filter(|taken| digits(&taken.to) == digits(to))
                .map(|taken| taken.id)
                .collect(),
            JSON => self.standin.received().iter().filter_map(gateway_id(to)).collect(),
            _ => {
                return Err(format!(
                    "{JSON} and {META} have providers that report; this is a channel of {plugin}"
                ));
            }
        };

        // A number of 0 wraps to a place that no list has.
        let nth = reports.number.map_or(taken.last(), |number| taken.get(number.wrapping_sub(1)));
        let missing =
            || format!("the provider took {} messages to {to}, and not this one", taken.len());

        match (plugin, &reports.id) {
            (META, Some(_)) => {
                Err("WhatsApp chooses the ids of messages itself; leave `id` out".to_owned())
            }
            (META, None) => {
                let became = match reports.status {
                    Reported::Sent => Became::Sent,
                    Reported::Delivered => Became::Delivered,
                    Reported::Read => Became::Read,
                    Reported::Failed => Became::Failed(reports.code.unwrap_or(131_026)),
                };
                let told = self.standin.statuses(nth.ok_or_else(missing)?, &[became]);
                told.map(|told| told.incoming()).ok_or_else(missing)
            }
            (_, id) => {
                let id = id.as_ref().or(nth).ok_or_else(missing)?;
                let status = format!("{:?}", reports.status).to_lowercase();
                Ok(self.standin.signed_json(
                    &json!([{ "kind": "message-status", "external_id": id, "status": status }]),
                ))
            }
        }
    }

    /// The messages that came, in order; not what uploads and looks up.
    ///
    /// # Errors
    /// A sentence where a request holds no message.
    pub(super) fn sent(&self) -> Result<Vec<Sent>, String> {
        self.standin
            .received()
            .iter()
            .filter(|received| is_message(received))
            .map(message)
            .collect()
    }
}

fn is_message(received: &Received) -> bool {
    received.method == "POST"
        && !received.target.ends_with("/media")
        && !received.target.starts_with("/server/")
}

fn digits(number: &str) -> String {
    number.chars().filter(char::is_ascii_digit).collect()
}

/// The id that the gateway gave a message to `to`.
fn gateway_id(to: &str) -> impl Fn(&Received) -> Option<String> {
    move |received| {
        let body = received.json();
        let text = |key: &str| body.get(key).and_then(Value::as_str);
        (received.target.starts_with("/json/") && text("to") == Some(to))
            .then(|| format!("gw-{}", text("id").unwrap_or_default()))
    }
}

fn message(received: &Received) -> Result<Sent, String> {
    let body = received.json();
    let text = |pointer: &str| body.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    let template = text("/template/name");

    // A file says what its caption says, a template has no text.
    let part = text("/type").and_then(|kind| body.get(kind)).or_else(|| body.get("template"));
    let words =
        part.map(|part| part.get("caption").and_then(Value::as_str).unwrap_or_default().to_owned());

    match (text("/to"), text("/text").or_else(|| text("/text/body")).or(words)) {
        (Some(to), Some(text)) => Ok(Sent { to, text, template, at: received.at }),
        _ => Err(format!(
            "what left the host is no message: {}",
            String::from_utf8_lossy(&received.raw())
        )),
    }
}
