//! What a decision wants written, as a value.
//!
//! A [`Commit`] is all or nothing: its expectations are checked, its rows written and its guards
//! bumped together, and it is durable before anybody is told. Records, events, due rows, outgoing
//! deliveries, timeline entries and the receipt are all rows of it, so that none of them can exist
//! without the others.

use std::collections::BTreeMap;

use crate::key::Key;
use crate::row::{self, Bytes, RowError};

/// Rows to write and what must hold for that.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Commit {
    /// Versions that rows and guards must have now; 0 means that the row is absent (for a guard:
    /// never bumped).
    pub expects: BTreeMap<Key, u64>,
    /// Rows to put, or to delete where the value is absent. A put carries its own new version
    /// inside.
    pub writes: BTreeMap<Key, Option<Bytes>>,
    /// Guard rows whose range changes its membership or order, and by how many steps their version
    /// grows.
    pub bumps: BTreeMap<Key, u64>,
}

/// Two commits that do not follow one another: `after` was not decided on what `before` leaves.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum MergeError {
    /// The second expects another version than the first leaves or expects.
    #[error("row {key:?} is expected at version {expected}, but the commit before leaves {found}")]
    Mismatch {
        /// The row.
        key: Key,
        /// What the second commit expects.
        expected: u64,
        /// What it will find.
        found: u64,
    },
    /// A row in the first commit is damaged.
    #[error(transparent)]
    Row(#[from] RowError),
}

impl Commit {
    /// Whether there is nothing to write.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.writes.is_empty() && self.bumps.is_empty()
    }

    /// The version that `key` has once this commit is applied; nothing where this commit leaves it
    /// alone.
    ///
    /// # Errors
    /// [`RowError`] for a damaged row.
    pub fn version_of(&self, key: &Key) -> Result<Option<u64>, RowError> {
        match self.writes.get(key) {
            Some(Some(bytes)) => row::version(bytes).map(Some),
            Some(None) => Ok(Some(0)),
            None => Ok(None),
        }
    }

    /// One commit that does what `self` and then `after` would do: per row the first expected
    /// version and the last value.
    ///
    /// # Errors
    /// [`MergeError::Mismatch`] where `after` was decided on something else than what `self`
    /// leaves.
    pub fn then(mut self, after: Self) -> Result<Self, MergeError> {
        // Before the writes and bumps are joined: an expectation of `after` is translated with
        // those of `self` alone.
        for (key, expected) in after.expects {
            self.expect_after(key, expected)?;
        }

        self.writes.extend(after.writes);
        for (key, steps) in after.bumps {
            *self.bumps.entry(key).or_default() += steps;
        }

        Ok(self)
    }

    /// Takes over an expectation of a later commit, translated to what must hold before this one.
    fn expect_after(&mut self, key: Key, expected: u64) -> Result<(), MergeError> {
        // The store would compare it with the row before both commits, so it is checked here.
        if let Some(found) = self.version_of(&key)? {
            return if found == expected {
                Ok(())
            } else {
                Err(MergeError::Mismatch { key, expected, found })
            };
        }

        // A guard's version is not written but counted up: before this commit it was lower by its
        // bumps.
        let bumped = self.bumps.get(&key).copied().unwrap_or(0);
        let Some(before) = expected.checked_sub(bumped) else {
            return Err(MergeError::Mismatch { key, expected, found: bumped });
        };

        match self.expects.get(&key) {
            Some(found) if *found != before => {
                Err(MergeError::Mismatch { key, expected: before, found: *found })
            }
            Some(_) => Ok(()),
            None => {
                self.expects.insert(key, before);
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::TenantId;
    use crate::key::Table;

    fn key(name: &str) -> Key {
        Key::new(TenantId([1; 16]), Table::Record, &[name])
    }

    fn write(name: &str, expects: u64, version: u64) -> Commit {
        let mut commit = Commit::default();
        commit.expects.insert(key(name), expects);
        commit.writes.insert(key(name), Some(row::guard(version)));

        commit
    }

    #[test]
    fn merging_keeps_the_first_expectation_and_the_last_value() {
        let merged = write("a", 3, 4).then(write("a", 4, 5)).unwrap();

        assert_eq!(merged.expects.get(&key("a")), Some(&3));
        assert_eq!(merged.version_of(&key("a")), Ok(Some(5)));
    }

    #[test]
    fn a_commit_decided_on_something_else_is_refused() {
        assert!(matches!(
            write("a", 3, 4).then(write("a", 3, 4)),
            Err(MergeError::Mismatch { found: 4, expected: 3, .. })
        ));
    }

    #[test]
    fn a_guard_read_after_an_own_bump_counts_back() {
        let mut first = Commit::default();
        first.bumps.insert(key("g"), 2);

        let mut second = Commit::default();
        second.expects.insert(key("g"), 7);

        assert_eq!(first.then(second).unwrap().expects.get(&key("g")), Some(&5));
    }
}
