//! HTTP as values: what a provider sent, what goes out, what came back.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A header, its name in the case it came in.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Header {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// A webhook request, byte for byte.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Incoming {
    /// The HTTP method.
    pub method: String,
    /// What follows the channel's own path, without the slash.
    pub path: String,
    /// The query, decoded, in order.
    pub query: Vec<(String, String)>,
    /// The headers.
    pub headers: Vec<Header>,
    /// The body.
    pub body: Vec<u8>,
}

/// What the provider is answered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// Headers.
    pub headers: Vec<Header>,
    /// Body.
    pub body: Vec<u8>,
}

/// A request to send, secrets still as `{{secret:NAME}}` placeholders.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Request {
    /// HTTP method.
    pub method: String,
    /// Absolute address.
    pub url: String,
    /// Headers.
    pub headers: Vec<Header>,
    /// Body.
    pub body: Vec<u8>,
}

/// A server's answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Response {
    /// HTTP status.
    pub status: u16,
    /// Headers.
    pub headers: Vec<Header>,
    /// Body, always whole.
    pub body: Vec<u8>,
}

/// Secret values on their way to the one place that needs them. Never printed.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct SecretValues(pub std::collections::BTreeMap<String, String>);

impl fmt::Debug for SecretValues {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretValues({} hidden)", self.0.len())
    }
}

/// A request together with the secrets that may be filled into it and the servers it may go to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SealedRequest {
    /// The request with placeholders.
    pub request: Request,
    /// What the placeholders stand for.
    pub secrets: SecretValues,
    /// The servers that it may go to, as `host:port`: those that an admin named in the channel's
    /// settings or granted to the plugin. Secrets are filled in only because the server is one of
    /// them.
    pub servers: std::collections::BTreeSet<String>,
    /// How long the whole exchange may take, in milliseconds.
    pub timeout_ms: u64,
    /// Largest body of an answer, in bytes.
    pub answer_bytes_max: usize,
}

/// A request that has left, and what came of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Exchange {
    /// The request with placeholders.
    pub request: Request,
    /// The answer, or why there is none.
    pub answer: Result<Response, ConnectError>,
}

/// Why there is no answer.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ConnectError {
    /// The request certainly never left: refused by the egress rule, a bad address, no connection.
    #[error("the request was not sent: {reason}")]
    NotSent {
        /// Stable code, such as `egress.private-address`.
        code: &'static str,
        /// What was wrong, for the operator.
        reason: String,
        /// Whether trying later may help.
        retry: bool,
    },
    /// It arrived and was answered, but the answer is larger than was asked for, and nothing of it
    /// is used.
    #[error("the answer has more than {0} bytes, and nothing of it was read")]
    AnswerTooLarge(usize),
    /// It may have arrived; nobody knows.
    #[error("the request may have arrived, but its answer is lost: {0}")]
    Unknown(String),
}
