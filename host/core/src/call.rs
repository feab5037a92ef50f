//! A call of plugin code and its answer, as values.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::model::record::RecordRef;
use crate::outside::{Incoming, Reply, Request, Response, SecretValues};
use crate::scope::Scope;
use crate::time::Timestamp;

/// Which build of which plugin is called, and within which limits.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Build {
    /// The plugin's id, `publisher.name`.
    pub plugin: String,
    /// Its version.
    pub version: String,
    /// SHA-256 of the component, hexadecimal: the compiled code's identity.
    pub component: String,
    /// Its limits.
    pub limits: CallLimits,
}

/// The limits of one call. Each has its own error code.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CallLimits {
    /// The guest's own work, in wasmtime's fuel. `limit.fuel`.
    pub fuel: u64,
    /// The whole call, host calls included, in milliseconds. `limit.time`.
    pub wall_ms: u64,
    /// Summed over all of the guest's memories, in bytes. `limit.memory`.
    pub memory_bytes: u64,
    /// Summed over all of the guest's tables. `limit.table`.
    pub table_elements: u64,
    /// Calls of imported functions. `limit.host-calls`.
    pub host_calls: u32,
    /// Recorded effects. `limit.effects`.
    pub effects: u32,
    /// Log text in bytes; more is cut with a mark.
    pub log_bytes: u32,
    /// The guest's answer, in bytes. `limit.output`.
    pub output_bytes: u32,
}

impl CallLimits {
    /// A robot's limits where its manifest and the admin say nothing.
    pub const ROBOT: Self = Self {
        fuel: 1_000_000_000,
        wall_ms: 15_000,
        memory_bytes: 64 << 20,
        table_elements: 50_000,
        host_calls: 1_000,
        effects: 200,
        log_bytes: 256 << 10,
        output_bytes: 64 << 10,
    };

    /// A trigger's limits.
    pub const TRIGGER: Self =
        Self { fuel: 100_000_000, wall_ms: 1_000, host_calls: 200, effects: 0, ..Self::ROBOT };

    /// A channel's limits; its answers carry whole requests.
    pub const CHANNEL: Self =
        Self { wall_ms: 5_000, effects: 0, output_bytes: 4 << 20, ..Self::ROBOT };
}

/// What every robot and trigger is told.
#[derive(Clone, Debug)]
pub struct CallContext {
    /// The same for every attempt.
    pub step_id: String,
    /// From 1.
    pub attempt: u32,
    /// The robot's or trigger's id in the plugin's catalogue.
    pub offer: String,
    /// The item.
    pub target: Option<RecordRef>,
    /// The settings, templates rendered.
    pub settings: Map<String, Value>,
    /// The call's time.
    pub now: Timestamp,
    /// The tenant's time zone.
    pub time_zone: String,
    /// The tenant's language.
    pub language: String,
}

/// A call of a robot.
#[derive(Debug)]
pub struct RobotCall {
    /// What is called.
    pub build: Build,
    /// What it is told.
    pub context: CallContext,
    /// What it may see, and where its effects are recorded.
    pub scope: Scope,
}

/// A call of a trigger.
#[derive(Debug)]
pub struct TriggerCall {
    /// What is called.
    pub build: Build,
    /// What it is told.
    pub context: CallContext,
    /// The event, as the JSON that the contract describes.
    pub event: Value,
    /// What it may see.
    pub scope: Scope,
}

/// A call of a channel.
#[derive(Debug)]
pub struct ChannelCall {
    /// What is called.
    pub build: Build,
    /// The channel's settings, secrets as placeholders.
    pub settings: Map<String, Value>,
    /// Where the provider reaches the channel.
    pub public_url: String,
    /// Secrets that the channel may ask questions about; they never enter the guest.
    pub secrets: SecretValues,
    /// The call's time.
    pub now: Timestamp,
    /// Seed of the call's randomness, so that an attempt can be replayed.
    pub seed: String,
    /// What is asked.
    pub verb: ChannelVerb,
}

/// What a channel is asked.
#[derive(Debug)]
pub enum ChannelVerb {
    /// Does this come from the provider?
    Authenticate(Incoming),
    /// Which events are in it?
    Receive(Incoming),
    /// What is the next request of this delivery?
    Send {
        /// The delivery as JSON.
        job: Value,
        /// What the channel gave with the request before.
        state: Vec<u8>,
        /// The answer to that request.
        last_response: Option<Response>,
    },
}

/// What a robot came to.
#[derive(Clone, PartialEq, Debug)]
pub enum RobotOutcome {
    /// Done, with results.
    Done(Map<String, Value>),
    /// Nothing to do, and why.
    Skipped(String),
}

/// What a trigger says.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Verdict {
    /// The condition holds.
    Fire,
    /// It does not, and why.
    Ignore(String),
}

/// A request of a channel's, and what the host has to know of it.
#[derive(Clone, PartialEq, Debug)]
pub struct Exchange {
    /// The request.
    pub request: Request,
    /// Given back with the answer.
    pub state: Vec<u8>,
    /// Whether the recipient may see something of it. Where the answer of such a request is lost,
    /// nobody knows whether the message arrived; the answer of any other may be asked for again.
    pub sends: bool,
}

/// What a channel says.
#[derive(Clone, PartialEq, Debug)]
pub enum ChannelSays {
    /// The provider; answer this once the events are durable.
    Authentic(Reply),
    /// A handshake; answer this.
    Handshake(Reply),
    /// Not the provider, and why, for the operator's log.
    Reject(String),
    /// The events, as the guest's JSON.
    Events(Vec<Value>),
    /// Send this and come back with the answer.
    Request(Exchange),
    /// The delivery's verdict, as the guest's JSON object.
    Verdict(Map<String, Value>),
}

/// Whose fault a failed call is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Blame {
    /// Settings or data that do not make sense.
    Caller,
    /// The plugin's code.
    Plugin,
    /// A server outside.
    Remote,
    /// The host.
    Host,
}

/// Whether trying again may help.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Retry {
    /// It will not.
    Never,
    /// After the usual back-off, or after this many milliseconds if that is longer.
    After(i64),
}

/// A failed call.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CallFailure {
    /// Whose fault it is.
    pub blame: Blame,
    /// Stable code: `limit.fuel`, `limit.time`, `limit.memory`, `limit.table`, `limit.host-calls`,
    /// `limit.effects`, `limit.output`, `plugin.trap`, `plugin.bad-answer`, `plugin.missing`,
    /// `plugin.receive`, `plugin.send`, `host.panic`, `store.unavailable`, or
    /// `plugin.<the plugin's own>`.
    pub code: String,
    /// What, where, used, limit, what to do.
    pub message: String,
    /// The setting at fault.
    pub setting: Option<String>,
    /// Whether to try again.
    pub retry: Retry,
}

/// What a call used.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Usage {
    /// Fuel.
    pub fuel: u64,
    /// Peak of summed memory in bytes.
    pub memory_bytes: u64,
    /// Host calls.
    pub host_calls: u32,
}

/// A line of a call's log.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct LogLine {
    /// `debug`, `info`, `warn` or `error`.
    pub level: String,
    /// The text.
    pub message: String,
}

/// A robot's answer. The scope comes back with the recorded effects, whatever the outcome.
#[derive(Debug)]
pub struct RobotAnswer {
    /// What came of it.
    pub outcome: Result<RobotOutcome, CallFailure>,
    /// Reads and recorded effects.
    pub scope: Scope,
    /// What it used.
    pub usage: Usage,
    /// What it logged.
    pub log: Vec<LogLine>,
}

/// A trigger's answer.
#[derive(Debug)]
pub struct TriggerAnswer {
    /// What it says.
    pub verdict: Result<Verdict, CallFailure>,
    /// What it used.
    pub usage: Usage,
    /// What it logged.
    pub log: Vec<LogLine>,
}

/// A channel's answer.
#[derive(Debug)]
pub struct ChannelAnswer {
    /// What it says.
    pub says: Result<ChannelSays, CallFailure>,
    /// What it used.
    pub usage: Usage,
    /// What it logged.
    pub log: Vec<LogLine>,
}
