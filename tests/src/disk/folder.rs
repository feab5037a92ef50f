//! The names in a folder: those that are durable, and the changes that are not.

use std::collections::{BTreeMap, VecDeque};

use super::Cut;
use crate::chance::Chance;

/// One change.
#[derive(Debug, Clone)]
pub(super) enum Change {
    /// A name leads to this node, whatever it led to before.
    Put(String, usize),
    /// A name is gone.
    Drop(String),
    /// A name is replaced by another one, at once.
    Move(String, String),
}

type Names = BTreeMap<String, usize>;

/// A folder.
#[derive(Debug, Clone, Default)]
pub(super) struct Folder {
    durable: Names,
    now: Names,
    pending: VecDeque<Change>,
    /// Changes that are durable by now.
    synced: usize,
}

impl Folder {
    /// A folder with these names, all durable.
    pub(super) fn durable(names: Names) -> Self {
        Self { now: names.clone(), durable: names, ..Self::default() }
    }

    pub(super) fn entry(&self, name: &str) -> Option<usize> {
        self.now.get(name).copied()
    }

    pub(super) fn change(&mut self, change: Change) {
        apply(&mut self.now, &change);
        self.pending.push_back(change);
    }

    /// How many changes there have been.
    pub(super) fn changes(&self) -> usize {
        self.synced + self.pending.len()
    }

    /// The first `covers` changes are durable.
    pub(super) fn sync(&mut self, covers: usize) {
        let count = covers.saturating_sub(self.synced).min(self.pending.len());
        for change in self.pending.drain(..count) {
            apply(&mut self.durable, &change);
        }
        self.synced += count;
    }

    /// The names that a cut leaves.
    pub(super) fn after(&self, cut: Cut, chance: &mut Chance) -> Names {
        let kept = match cut {
            Cut::Nothing => 0,
            Cut::Some(_) => chance.index(self.pending.len() + 1),
            Cut::Everything => self.pending.len(),
        };

        let mut names = self.durable.clone();
        self.pending.iter().take(kept).for_each(|change| apply(&mut names, change));
        names
    }
}

fn apply(names: &mut Names, change: &Change) {
    match change {
        Change::Put(name, node) => {
            names.insert(name.clone(), *node);
        }
        Change::Drop(name) => {
            names.remove(name);
        }
        Change::Move(from, to) => {
            if let Some(node) = names.remove(from) {
                names.insert(to.clone(), node);
            }
        }
    }
}
