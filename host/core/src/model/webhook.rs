//! Incoming webhooks: addresses at which other programs say that something happened to an item.

use serde::{Deserialize, Serialize};

use crate::id::TenantId;
use crate::key::{Key, Table};
use crate::row::Row;
use crate::time::Timestamp;

/// An incoming webhook. Its key is nowhere; what is kept is the key's hash.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Webhook {
    /// Stable id, by which triggers know it.
    pub code: String,
    /// Name for people.
    pub name: String,
    /// SHA-256 of the key, hexadecimal.
    pub hash: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When its key was made: every PUT makes a new one.
    pub key_at: Timestamp,
}

impl Row for Webhook {
    const NAME: &'static str = "webhook";
}

impl Webhook {
    /// Where a webhook is kept.
    #[must_use]
    pub fn key(tenant: TenantId, code: &str) -> Key {
        Key::new(tenant, Table::Webhook, &[code])
    }
}
