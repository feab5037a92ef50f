//! Conversations with clients, their sessions and messages.

use serde::{Deserialize, Serialize};

use crate::id::TenantId;
use crate::key::{Key, KeyBuilder, Table};
use crate::model::record::RecordRef;
use crate::row::Row;
use crate::time::Timestamp;

/// A conversation's status, independent of whether it is active.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Being worked on.
    #[default]
    Open,
    /// Waiting for somebody.
    Pending,
    /// Over: the next message opens a new session.
    Closed,
}

/// One open-to-close period of a conversation.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Session {
    /// From 1.
    pub number: u32,
    /// When it began.
    pub opened_at: Timestamp,
    /// The item that belongs to it.
    pub item: Option<RecordRef>,
    /// Who accepted it, and when.
    pub accepted: Option<Accepted>,
    /// When an operator first replied.
    pub first_reply_at: Option<Timestamp>,
}

/// Who took a session into work.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Accepted {
    /// The employee.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// The thread with one client on one channel. Status, activity, claim and responsibility are
/// independent of each other.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Conversation {
    /// Its id.
    pub id: String,
    /// The channel.
    pub channel: String,
    /// The line.
    pub line: Option<String>,
    /// The client's address on the channel, normalised.
    pub address: String,
    /// The client's name as the messenger shows it.
    pub display_name: String,
    /// The client, where known.
    pub contact: Option<String>,
    /// Its status.
    pub status: Status,
    /// Whether it is being held.
    pub active: bool,
    /// Who holds it.
    pub claimed_by: Option<String>,
    /// Who answers for it.
    pub responsible: Option<String>,
    /// When it began.
    pub created_at: Timestamp,
    /// When the client last wrote.
    pub last_client_message_at: Option<Timestamp>,
    /// How many messages it has: they keep the order of their commits.
    #[serde(default)]
    pub messages: u64,
    /// The current session.
    pub session: Session,
}

impl Row for Conversation {
    const NAME: &'static str = "conversation";
}

impl Conversation {
    /// Where a conversation is kept.
    #[must_use]
    pub fn key(tenant: TenantId, id: &str) -> Key {
        Key::new(tenant, Table::Conversation, &[id])
    }

    /// The row that keeps one conversation per channel and address.
    #[must_use]
    pub fn address_key(tenant: TenantId, channel: &str, address: &str) -> Key {
        Key::new(tenant, Table::Index, &["conversation", channel, address])
    }
}

/// Who wrote a message.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// The client.
    In,
    /// Us.
    Out,
}

/// One message of a conversation.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Message {
    /// Its id.
    pub id: String,
    /// The conversation.
    pub conversation: String,
    /// Who wrote it.
    pub direction: Direction,
    /// When the host received or recorded it.
    pub at: Timestamp,
    /// When the provider says it happened.
    pub occurred_at: Option<Timestamp>,
    /// The employee who wrote it, for outgoing ones.
    pub author: Option<String>,
    /// The provider's id, for incoming ones.
    pub external_id: Option<String>,
    /// What it says, as the channel translated it: `text`, or other keys for media and the like.
    pub body: serde_json::Value,
    /// The delivery, for outgoing ones.
    pub delivery: Option<String>,
}

impl Row for Message {
    const NAME: &'static str = "message";
}

impl Message {
    /// The range of a conversation's messages, oldest first.
    #[must_use]
    pub fn range(tenant: TenantId, conversation: &str) -> Key {
        Key::new(tenant, Table::Message, &[conversation])
    }

    /// Which message of its conversation the key is of, from 1; nothing for other keys.
    #[must_use]
    pub fn number(key: &Key) -> Option<u64> {
        key.as_bytes().last_chunk().map(|number| u64::from_be_bytes(*number))
    }

    /// Where a conversation's `number`-th message is kept.
    #[must_use]
    pub fn key(tenant: TenantId, conversation: &str, number: u64) -> Key {
        KeyBuilder::new(tenant, Table::Message).text(conversation).number(number).done()
    }
}

/// What became of something that the provider knows by an id of its own, so that a repeated
/// notification has no second effect.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct External {
    /// When it first came.
    pub at: Timestamp,
    /// The delivery whose id at the provider this is.
    pub delivery: Option<String>,
    /// Statuses that came before the delivery knew this id, in the order they came.
    pub early: Vec<EarlyStatus>,
}

/// A status that came early.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct EarlyStatus {
    /// The provider's id of the message.
    #[serde(default)]
    pub external_id: String,
    /// `sent`, `delivered`, `read` or `failed`.
    pub status: String,
    /// Why, for `failed`.
    pub reason: Option<String>,
}

impl Row for External {
    const NAME: &'static str = "external id";
}

impl External {
    /// Where a provider's id is kept; `space` is `in` for incoming things and `out` for our
    /// deliveries.
    #[must_use]
    pub fn key(tenant: TenantId, channel: &str, space: &str, external_id: &str) -> Key {
        Key::new(tenant, Table::External, &[channel, space, external_id])
    }
}
