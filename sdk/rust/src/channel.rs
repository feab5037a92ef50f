//! Channels: a translation between a provider's HTTP and the host's events.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::{Incoming, Reply, Request, Response, Settings, Text, host};

/// A secret that the channel asks the host about, or that the host fills into requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Secret {
    /// Its name in `{{secret:NAME}}` and in the permission `secrets.check:NAME`.
    pub name: &'static str,
    /// Its name on the form.
    pub label: Text,
}

/// Who sent a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Authenticity {
    /// The provider; this is the answer once the events are durable.
    Ok(Reply),
    /// A handshake; there is nothing to receive.
    Handshake(Reply),
    /// Not the provider. The text is for the operator's log alone.
    Reject(String),
}

/// One event of a webhook.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct InboundEvent {
    /// `message`, `message-status`, `media`, ...
    pub kind: String,
    /// The provider's id of the event; the host drops what it has seen.
    pub external_id: String,
    /// When it happened by the provider's word, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub occurred_at: Option<String>,
    /// The client's phone number or address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// The client's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// What the kind adds: `{"text"}`, `{"status","reason"}`, ...
    pub body: Value,
}

/// One thing to deliver.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Job {
    /// The delivery's id; the key against sending twice.
    pub id: String,
    /// Where to.
    pub to: String,
    /// The text.
    pub text: String,
    /// The approved template, as JSON.
    pub template: Option<Value>,
    /// What goes along with the text.
    pub attachments: Vec<Value>,
    /// Set where the job is to look up a file: what stood in a message's `media`. Such a job must
    /// not send anything.
    pub media: Option<Value>,
    /// Largest file that the host takes of a look-up, in bytes.
    pub bytes_max: Option<u64>,
    /// Keys of later hosts.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

/// The next thing to do for a job. After a request `send` is called again, with its state and its
/// response.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// Send this; the recipient may see something of it. Where its response is lost, the delivery
    /// is unknown, and the host does not repeat it unless an admin says so.
    Send(Request, Vec<u8>),
    /// Send this; the recipient sees nothing of it: an upload, a look-up, a question. Where its
    /// response is lost and nothing was sent before, the job begins anew.
    Ask(Request, Vec<u8>),
    /// Over.
    Done(Delivery),
}

/// How a delivery ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Delivery {
    /// The provider has it, under this id.
    Sent(String),
    /// The provider wants to be asked later; not before so many seconds, if it said so. The second
    /// is why.
    Retry(Option<u64>, String),
    /// It will not be delivered, and why.
    Failed(String),
    /// Only an approved template may be sent to this client now.
    WindowClosed(String),
    /// Nobody knows whether the provider has it, and why.
    Unknown(String),
    /// A look-up's file is the body of the last response; the JSON says what it is:
    /// `{"mime", "name"}`, as far as they are known.
    Found(Value),
}

impl Delivery {
    /// The verdict as the contract writes it.
    pub fn to_json(&self) -> Value {
        match self {
            Self::Sent(id) => json!({ "outcome": "sent", "external_id": id }),
            Self::Retry(Some(after), reason) => {
                json!({ "outcome": "retry", "retry_after_seconds": after, "reason": reason })
            }
            Self::Retry(None, reason) => json!({ "outcome": "retry", "reason": reason }),
            Self::Failed(reason) => json!({ "outcome": "failed", "reason": reason }),
            Self::WindowClosed(reason) => json!({ "outcome": "window-closed", "reason": reason }),
            Self::Unknown(reason) => json!({ "outcome": "unknown", "reason": reason }),
            Self::Found(data) => json!({ "outcome": "found", "data": data }),
        }
    }
}

/// One channel. The type's fields are its settings.
pub trait Channel: Settings {
    /// The id within the plugin.
    const ID: &'static str;
    /// The name in the catalogue.
    const NAME: Text;
    /// What it connects, in a sentence or two.
    const DESCRIPTION: Text;
    /// The kind of channel that messages ask for: `whatsapp`, ...
    const KIND: &'static str;
    /// The secrets that an admin fills in.
    const SECRETS: &'static [Secret] = &[];
    /// For how many hours after a client's message the messenger takes free text; always where it
    /// is `None`.
    const FREE_TEXT_HOURS: Option<u32> = None;

    /// Decides on the raw bytes, before anything is parsed.
    fn authenticate(&self, incoming: &Incoming) -> Authenticity;

    /// The events of an authenticated request.
    ///
    /// # Errors
    /// A sentence for the operator's log.
    fn receive(&self, incoming: &Incoming) -> Result<Vec<InboundEvent>, String>;

    /// The next thing to do for `job`. The first call has an empty state and no response.
    ///
    /// # Errors
    /// A sentence for the operator's log.
    fn send(
        &self,
        job: &Job,
        state: &[u8],
        last_response: Option<&Response>,
    ) -> Result<Step, String>;
}

/// Whether `mac` is the HMAC of `bytes` under the secret `name`; `algorithm` is `sha1`, `sha256` or
/// `sha512`.
pub fn secret_signed(name: &str, algorithm: &str, bytes: &[u8], mac: &[u8]) -> bool {
    host::hmac_matches(name, algorithm, bytes, mac)
}

/// Whether the secret `name` is exactly `candidate`.
pub fn secret_equals(name: &str, candidate: &str) -> bool {
    host::secret_equals(name, candidate)
}

/// The call's time: RFC 3339 in UTC with milliseconds. It does not move during the call. Robots and
/// triggers have it as `cx.now`.
pub fn now() -> String {
    host::now()
}

/// Where the provider reaches this channel.
pub fn public_url() -> String {
    host::public_url()
}

/// A channel without settings does not ask for them, so its component does not import the question.
fn load<C: Channel>() -> Result<C, String> {
    let text = if C::SETTINGS.is_empty() { "{}".into() } else { host::channel_settings() };
    C::from_json(&text).map_err(|failure| failure.message)
}

/// What the exported `authenticate` does.
pub fn authenticate<C: Channel>(incoming: &Incoming) -> Authenticity {
    match load::<C>() {
        Ok(channel) => channel.authenticate(incoming),
        Err(reason) => Authenticity::Reject(reason),
    }
}

/// What the exported `receive` does.
///
/// # Errors
/// The channel's own sentence.
pub fn receive<C: Channel>(incoming: &Incoming) -> Result<String, String> {
    let events = load::<C>()?.receive(incoming)?;
    serde_json::to_string(&events)
        .map_err(|cause| format!("the events cannot be written as JSON: {cause}"))
}

/// What the exported `send` does.
///
/// # Errors
/// The channel's own sentence.
pub fn send<C: Channel>(
    job: &str,
    state: &[u8],
    last_response: Option<&Response>,
) -> Result<Step, String> {
    let job =
        serde_json::from_str(job).map_err(|cause| format!("the job is not readable: {cause}"))?;
    load::<C>()?.send(&job, state, last_response)
}
