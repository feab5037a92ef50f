//! Messages that Meta has taken, and what can become of them.

use serde_json::Value;

use stagewright_core::time::Timestamp;

/// A message that Meta has taken.
#[derive(Clone, PartialEq, Debug)]
pub struct Accepted {
    /// Meta's id of it.
    pub id: String,
    /// The id of the number that sent it.
    pub number: String,
    /// The recipient, in digits.
    pub to: String,
    /// `text`, `template`, `image`, ...
    pub kind: String,
    /// When it was taken.
    pub at: Timestamp,
    /// What the sender wants back with every status: the delivery's id.
    pub callback: Option<String>,
    /// The message as it was posted.
    pub body: Value,
}

/// What became of a message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Became {
    /// It left Meta's servers.
    Sent,
    /// It is on the recipient's phone.
    Delivered,
    /// The recipient has seen it.
    Read,
    /// It was not delivered, with Meta's code for why.
    Failed(i64),
}
