//! Channels (connections to a messenger) and lines (what happens to what comes in).

use crate::schema::built_in;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::id::TenantId;
use crate::key::{Key, Table};
use crate::row::Row;

/// What to do with a delivery whose answer was lost.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnUnknown {
    /// Keep it as `unknown` until a status or a person settles it. A second message is worse than a
    /// late one.
    #[default]
    Park,
    /// Send it again.
    Resend,
}

/// A connection to a messenger.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Channel {
    /// Stable id, part of its webhook address.
    #[serde(default)]
    pub id: String,
    /// Name for people.
    pub name: String,
    /// The plugin.
    pub plugin: String,
    /// The channel type in that plugin.
    pub channel: String,
    /// The messenger, as the plugin's catalogue says it: `whatsapp`, `json`, ... Set by the host.
    #[serde(default)]
    pub kind: String,
    /// For how many hours after a message from outside free text may be sent back; always where
    /// absent. Set by the host from the plugin's catalogue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub free_text_hours: Option<u32>,
    /// The line that takes what comes in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<String>,
    /// Its settings; secrets as `{{secret:NAME}}`.
    #[serde(default)]
    pub settings: Map<String, Value>,
    /// What to do with lost answers.
    #[serde(default)]
    pub on_unknown: OnUnknown,
    /// Whether sending is paused.
    #[serde(default)]
    pub paused: bool,
}

impl Row for Channel {
    const NAME: &'static str = "channel";
}

impl Channel {
    /// Where a channel is kept.
    #[must_use]
    pub fn key(tenant: TenantId, id: &str) -> Key {
        Key::new(tenant, Table::Channel, &[id])
    }
}

/// What a line makes of a new client's message.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Creates {
    /// A conversation only.
    #[default]
    None,
    /// A lead.
    Lead,
    /// A deal.
    Deal,
}

impl Creates {
    /// The kind of item, if one is made.
    #[must_use]
    pub fn kind(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Lead => Some(built_in::LEAD),
            Self::Deal => Some(built_in::DEAL),
        }
    }
}

/// An open line: who works on what comes in, and what it becomes.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// Stable id.
    #[serde(default)]
    pub id: String,
    /// Name for people.
    pub name: String,
    /// What a new session creates.
    #[serde(default)]
    pub creates: Creates,
    /// The pipeline that the new item enters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pipeline: Option<String>,
    /// Who is responsible for it; else the first active employee of the queue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_responsible: Option<String>,
    /// The calendar of those who work on it; the tenant's where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar: Option<String>,
    /// The employees who work on the line, in order.
    #[serde(default)]
    pub queue: Vec<String>,
}

impl Row for Line {
    const NAME: &'static str = "line";
}

impl Line {
    /// Where a line is kept.
    #[must_use]
    pub fn key(tenant: TenantId, id: &str) -> Key {
        Key::new(tenant, Table::Line, &[id])
    }
}
