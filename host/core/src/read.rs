//! What a decision asks of the store, and what it got.

use std::collections::BTreeMap;

use crate::key::Key;
use crate::row::Bytes;

/// One question to the store.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Read {
    /// One row.
    Row(Key),
    /// The rows whose keys start with a prefix.
    Range(Range),
}

/// A named index range.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Range {
    /// What the keys start with. The range's guard row is [`Key::guard_of`] this prefix.
    pub prefix: Key,
    /// Only keys after this one (before it, when `newest_first`).
    pub after: Option<Key>,
    /// At most this many rows.
    pub limit: usize,
    /// From the end of the range backwards.
    pub newest_first: bool,
}

impl Range {
    /// The first `limit` rows of a range.
    #[must_use]
    pub fn first(prefix: Key, limit: usize) -> Self {
        Self { prefix, after: None, limit, newest_first: false }
    }

    /// The last `limit` rows of a range, last first.
    #[must_use]
    pub fn last(prefix: Key, limit: usize) -> Self {
        Self { prefix, after: None, limit, newest_first: true }
    }
}

/// The store's answer to one [`Read`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Found {
    /// The row's value, if it is there.
    Row(Option<Bytes>),
    /// The rows in order, and the guard's version as it was *before* the rows were read, so that a
    /// change in between shows as a conflict and never as a phantom.
    Range {
        /// Keys and values in the order asked for.
        rows: Vec<(Key, Bytes)>,
        /// The guard row's version; 0 where it was never bumped.
        guard: u64,
    },
}

/// Everything a decision has been given so far.
pub type Reads = BTreeMap<Read, Found>;
