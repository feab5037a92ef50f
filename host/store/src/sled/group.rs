//! One group of commits: checked one after the other against the tree and what the group has
//! admitted so far, written as one batch. A refused commit leaves no trace.

use std::collections::{BTreeMap, HashMap};

use stagewright_core::commit::Commit;
use stagewright_core::key::Key;
use stagewright_core::row::{self, Bytes};
use stagewright_core::seams::StoreError;

use super::super::check;
use super::error::{self, Stop};
use super::mark;
use super::value::{self, Pointer};

/// What the tree holds under a key.
#[derive(Clone, Copy, Default, Debug)]
struct InTree {
    version: u64,
    there: bool,
    pointer: Option<Pointer>,
}

/// A group in the making.
#[derive(Debug)]
pub(super) struct Group<'a> {
    db: &'a sled::Db,
    /// What the tree holds under the keys looked at so far. The committer is the only writer, so
    /// that it cannot change meanwhile.
    tree: HashMap<Key, InTree>,
    /// Admitted rows with their versions: what the tree will hold.
    overlay: BTreeMap<Key, (Option<Bytes>, u64)>,
    /// The guards that the group bumps, and the versions they had before it.
    guards: HashMap<Key, u64>,
}

impl<'a> Group<'a> {
    /// An empty group on top of what the tree holds now.
    pub(super) fn new(db: &'a sled::Db) -> Self {
        Self { db, tree: HashMap::new(), overlay: BTreeMap::new(), guards: HashMap::new() }
    }

    /// Whether nothing has been admitted that changes anything.
    pub(super) fn is_empty(&self) -> bool {
        self.overlay.is_empty()
    }

    /// The guards that this group bumps, and the versions they had before it.
    pub(super) fn guards(&self) -> &HashMap<Key, u64> {
        &self.guards
    }

    /// Takes a commit in if all it expects holds after those admitted before it.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] and [`StoreError::Damaged`] refuse this commit alone,
    /// [`StoreError::Stopped`] ends the store.
    pub(super) fn admit(&mut self, commit: Commit) -> Result<(), StoreError> {
        // Compared with what the group will leave and not with the tree alone: of two commits that
        // each rest on what the other changes, only the first gets in.
        check::expectations(&commit.expects, |key| self.version_now(key))?;

        // All that can fail comes first, so that a refused commit leaves nothing in the overlay.
        let mut admitted: Vec<(Key, (Option<Bytes>, u64))> =
            Vec::with_capacity(commit.writes.len() + commit.bumps.len());
        for (key, value) in commit.writes {
            // Looked up for `batch`: the pieces of a large row that is replaced or deleted go with
            // it.
            self.in_tree(&key)?;
            let version = value.as_ref().map_or(Ok(0), |bytes| check::version(&key, bytes))?;
            admitted.push((key, (value, version)));
        }

        let mut bumped: Vec<(Key, u64)> = Vec::with_capacity(commit.bumps.len());
        for (key, steps) in commit.bumps {
            let version = self.version_now(&key)?.saturating_add(steps);
            // The version in the tree and not the one that the group has come to: readers are given
            // it until the group is applied.
            bumped.push((key.clone(), self.in_tree(&key)?.version));
            admitted.push((key, (Some(row::guard(version)), version)));
        }

        self.guards.extend(bumped);
        self.overlay.extend(admitted);
        Ok(())
    }

    /// All admitted rows as one batch, as the group with this number; the pieces of large rows that
    /// are replaced or deleted go with them.
    ///
    /// # Errors
    /// [`Stop`] where a large row gets no number, which ends the store.
    pub(super) fn batch(&self, number: u64) -> Result<sled::Batch, Stop> {
        let mut batch = sled::Batch::default();
        // In the same batch as the rows: a tree that has the number has the whole group.
        batch.insert(&mark::GROUP_KEY, &number.to_be_bytes());
        let generation = || self.db.generate_id().map_err(error::on_read);

        for (key, (value, version)) in &self.overlay {
            let before = self.tree.get(key).copied().unwrap_or_default();
            for piece in before.pointer.into_iter().flat_map(Pointer::keys) {
                batch.remove(&piece);
            }

            match value {
                Some(bytes) => value::put(&mut batch, (key, bytes, *version), generation)
                    .map_err(|e| Stop { code: "storage.write", message: e.to_string() })?,
                None if before.there => batch.remove(key.as_bytes()),
                None => {}
            }
        }

        Ok(batch)
    }

    fn version_now(&mut self, key: &Key) -> Result<u64, StoreError> {
        match self.overlay.get(key) {
            Some((_value, version)) => Ok(*version),
            None => self.in_tree(key).map(|row| row.version),
        }
    }

    fn in_tree(&mut self, key: &Key) -> Result<InTree, StoreError> {
        if let Some(known) = self.tree.get(key) {
            return Ok(*known);
        }

        let found = match self.db.get(key.as_bytes()).map_err(error::on_read)? {
            Some(stored) => {
                let (version, pointer) = value::describe(key, &stored)?;
                InTree { version, there: true, pointer }
            }
            None => InTree::default(),
        };

        self.tree.insert(key.clone(), found);
        Ok(found)
    }
}
