//! A call of a channel, and what it answers.

use serde_json::{Map, Value};

use super::build::Build;
use super::failure::CallFailure;
use super::usage::{LogLine, Usage};
use crate::outside::{Incoming, Reply, Request, Response, SecretValues};
use crate::time::Timestamp;

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
