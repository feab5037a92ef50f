//! Row keys.
//!
//! **Shape**: `tenant (16 bytes) · table (1) · part…`, where a text part is
//! `length (2, big endian) · bytes` and a number part is 8 bytes big endian, so that no two keys
//! run into each other and ranges keep their order. Due rows start with their queue instead
//! (DESIGN: a due key is `queue · tenant · due_at · lane-seq · id`), so that one scan finds what is
//! due.

use std::fmt;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::id::TenantId;
use crate::time::Timestamp;

/// What a row is. The number is part of the stored format: never reuse one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
#[expect(missing_docs, reason = "each is the row type of the same name in `model`")]
pub enum Table {
    Format = 1,
    Guard = 2,
    Index = 3,
    Tenant = 4,
    Token = 5,
    Receipt = 6,
    Record = 7,
    Lane = 8,
    Pipeline = 9,
    Automation = 10,
    AutomationVersion = 11,
    Bindings = 12,
    Line = 13,
    Channel = 14,
    Secret = 15,
    Conversation = 16,
    Message = 17,
    External = 18,
    Event = 19,
    Decisions = 20,
    Run = 21,
    Timeline = 22,
    Delivery = 23,
    DeliveryLane = 24,
    Plugin = 25,
    Grant = 26,
    Due = 27,
    Calendar = 28,
    Kind = 29,
    Group = 30,
    History = 31,
    Notification = 32,
    File = 33,
    Webhook = 34,
    Pauses = 35,
    Rotation = 36,
    Job = 37,
}

/// A queue of the due index. The number is part of the stored format.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum Queue {
    /// Events waiting to be matched against the automations of one item.
    Dispatch = 1,
    /// Robot steps.
    Step = 2,
    /// Outgoing messages and requests.
    Delivery = 3,
    /// Rows to forget, such as old receipts.
    Sweep = 4,
}

impl Queue {
    /// Every queue, in the order in which the engine looks at them.
    pub const ALL: [Self; 4] = [Self::Dispatch, Self::Step, Self::Delivery, Self::Sweep];
}

/// The key of one row, or the prefix of a range of rows.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(Arc<[u8]>);

/// First byte of every due key. A tenant id never starts with it: tenant ids' first byte is below
/// `0xF0`.
const DUE_SPACE: u8 = 0xF0;

impl Key {
    /// A key of `table`, its text parts length-prefixed.
    #[must_use]
    pub fn new(tenant: TenantId, table: Table, parts: &[&str]) -> Self {
        parts.iter().fold(KeyBuilder::new(tenant, table), |key, part| key.text(part)).done()
    }

    /// The row that guards the range whose rows all start with `prefix`.
    #[must_use]
    pub fn guard_of(prefix: &Key) -> Self {
        // The tenant stays in front: no row of a tenant's lies outside its space.
        let (tenant, rest) = prefix.0.split_at(prefix.0.len().min(16));

        let mut bytes = tenant.to_vec();
        bytes.push(Table::Guard as u8);
        bytes.extend_from_slice(rest);
        Self(bytes.into())
    }

    /// A due row's key.
    #[must_use]
    pub fn due(queue: Queue, tenant: TenantId, due_at: Timestamp, lane_seq: u64, id: &str) -> Self {
        let mut bytes = Self::due_tenant(queue, tenant).0.to_vec();

        bytes.extend_from_slice(&ordered(due_at));
        bytes.extend_from_slice(&lane_seq.to_be_bytes());
        push_text(&mut bytes, id);
        Self(bytes.into())
    }

    /// Where the due rows of one tenant in one queue begin.
    #[must_use]
    pub fn due_tenant(queue: Queue, tenant: TenantId) -> Self {
        let mut bytes = vec![DUE_SPACE, queue as u8];
        bytes.extend_from_slice(&tenant.0);
        Self(bytes.into())
    }

    /// Where the due rows of one queue begin.
    #[must_use]
    pub fn due_queue(queue: Queue) -> Self {
        Self(vec![DUE_SPACE, queue as u8].into())
    }

    /// The queue, tenant, time and lane number of a due row's key; nothing for any other key.
    #[must_use]
    pub fn as_due(&self) -> Option<DueKey> {
        let rest = self.0.strip_prefix(&[DUE_SPACE])?;
        let (queue, rest) = rest.split_first()?;
        let queue = Queue::ALL.into_iter().find(|q| *q as u8 == *queue)?;
        let (tenant, rest) = rest.split_first_chunk::<16>()?;
        let (at, rest) = rest.split_first_chunk::<8>()?;
        let (lane_seq, _id) = rest.split_first_chunk::<8>()?;

        Some(DueKey {
            queue,
            tenant: TenantId(*tenant),
            due_at: Timestamp(i64::from_be_bytes(*at) ^ i64::MIN),
            lane_seq: u64::from_be_bytes(*lane_seq),
        })
    }

    /// The table of a tenant's or the platform's row; nothing for due rows and bare prefixes.
    #[must_use]
    pub fn table(&self) -> Option<u8> {
        if self.0.first() == Some(&DUE_SPACE) { None } else { self.0.get(16).copied() }
    }

    /// The key's bytes, as stored.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// A key from stored bytes.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self(bytes.into())
    }

    /// Whether this key lies in the range that `prefix` names.
    #[must_use]
    pub fn starts_with(&self, prefix: &Self) -> bool {
        self.0.starts_with(&prefix.0)
    }

    /// The text parts behind `prefix`, for reading ids back out of index keys; nothing where they
    /// are not text parts.
    #[must_use]
    pub fn parts_after(&self, prefix: &Self) -> Option<Vec<String>> {
        let mut rest = self.0.strip_prefix(&*prefix.0)?;
        let mut parts = Vec::new();

        while !rest.is_empty() {
            let (length, after) = rest.split_first_chunk::<2>()?;
            let (text, after) = after.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
            parts.push(String::from_utf8(text.to_vec()).ok()?);
            rest = after;
        }

        Some(parts)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(&self.0))
    }
}

/// What a due row's key says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DueKey {
    /// The queue.
    pub queue: Queue,
    /// The tenant whose work it is.
    pub tenant: TenantId,
    /// When it is due.
    pub due_at: Timestamp,
    /// Its number in its lane.
    pub lane_seq: u64,
}

/// Builds a key part by part, for keys with numbers or times in them.
#[derive(Clone, Debug)]
pub struct KeyBuilder(Vec<u8>);

impl KeyBuilder {
    /// Begins a key of `table`.
    #[must_use]
    pub fn new(tenant: TenantId, table: Table) -> Self {
        let mut bytes = tenant.0.to_vec();
        bytes.push(table as u8);
        Self(bytes)
    }

    /// Adds a text part.
    #[must_use]
    pub fn text(mut self, part: &str) -> Self {
        push_text(&mut self.0, part);
        self
    }

    /// Adds a number part; larger numbers sort later.
    #[must_use]
    pub fn number(mut self, part: u64) -> Self {
        self.0.extend_from_slice(&part.to_be_bytes());
        self
    }

    /// Adds a moment; later moments sort later.
    #[must_use]
    pub fn time(mut self, part: Timestamp) -> Self {
        self.0.extend_from_slice(&ordered(part));
        self
    }

    /// The key.
    #[must_use]
    pub fn done(self) -> Key {
        Key(self.0.into())
    }
}

/// A moment as bytes that sort as it does, before 1970 too.
fn ordered(at: Timestamp) -> [u8; 8] {
    (at.0 ^ i64::MIN).to_be_bytes()
}

/// Longest text that stands in a key as it is, in bytes; stores limit the length of keys.
const TEXT_BYTES_MAX: usize = 96;

/// Appends a length-prefixed text. A longer one, such as a provider's id, stands there as its
/// SHA-256.
fn push_text(bytes: &mut Vec<u8>, text: &str) {
    let hashed;

    let part = if text.len() <= TEXT_BYTES_MAX {
        text.as_bytes()
    } else {
        hashed = format!("~{}", hex::encode(Sha256::digest(text.as_bytes())));
        hashed.as_bytes()
    };

    bytes.extend_from_slice(&u16::try_from(part.len()).unwrap_or(u16::MAX).to_be_bytes());
    bytes.extend_from_slice(part);
}

#[cfg(test)]
mod tests {
    use super::*;

    const TENANT: TenantId = TenantId([7; 16]);

    #[test]
    fn parts_do_not_run_into_each_other() {
        assert_ne!(
            Key::new(TENANT, Table::Index, &["ab", "c"]),
            Key::new(TENANT, Table::Index, &["a", "bc"])
        );
    }

    #[test]
    fn long_texts_make_short_keys_that_differ() {
        let key = |text: &str| Key::new(TENANT, Table::Receipt, &[text, text, text]);

        assert!(key(&"x".repeat(10_000)).as_bytes().len() < 300);
        assert_ne!(key(&"x".repeat(10_000)), key(&"x".repeat(10_001)));
    }

    #[test]
    fn due_rows_sort_by_time_then_lane_number() {
        let key = |at, seq| Key::due(Queue::Step, TENANT, Timestamp(at), seq, "x");

        assert!(key(-5, 9) < key(3, 1));
        assert!(key(3, 1) < key(3, 2));
        assert_eq!(key(3, 2).as_due().map(|d| (d.due_at, d.lane_seq)), Some((Timestamp(3), 2)));
    }

    #[test]
    fn text_parts_are_read_back() {
        let prefix = Key::new(TENANT, Table::Index, &["by-phone", "+38067"]);
        let key = Key::new(TENANT, Table::Index, &["by-phone", "+38067", "c1"]);

        assert_eq!(key.parts_after(&prefix), Some(vec!["c1".to_owned()]));
    }

    #[test]
    fn a_guard_keeps_to_its_tenant() {
        let guard = Key::guard_of(&Key::new(TENANT, Table::Index, &["by-phone"]));

        assert!(guard.as_bytes().starts_with(&TENANT.0));
        assert_eq!(guard.table(), Some(Table::Guard as u8));
    }
}
