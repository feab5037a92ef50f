//! Everything in one map. Nothing outlives the process, so that every commit is as durable as it
//! will ever be.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use stagewright_core::commit::Commit;
use stagewright_core::key::Key;
use stagewright_core::read::{Found, Range, Read};
use stagewright_core::row::{self, Bytes};
use stagewright_core::seams::{Later, Store, StoreError};

use super::check;
use super::span::span;

/// A store in memory, for tests, trials and as the model that other stores are compared with.
#[derive(Debug, Default)]
pub struct MemoryStore {
    rows: Mutex<BTreeMap<Key, Bytes>>,
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A commit is applied only once nothing in it can fail any more, so a panic elsewhere leaves
    /// nothing half done behind.
    fn rows(&self) -> MutexGuard<'_, BTreeMap<Key, Bytes>> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for MemoryStore {
    fn read<'a>(&'a self, reads: &'a [Read]) -> Later<'a, Result<Vec<Found>, StoreError>> {
        Box::pin(async move {
            let rows = self.rows();
            reads.iter().map(|read| answer(&rows, read)).collect()
        })
    }

    fn commit(&self, commit: Commit) -> Later<'_, Result<(), StoreError>> {
        Box::pin(async move {
            check::sound(&commit)?;
            apply(&mut self.rows(), commit)
        })
    }

    fn settled(&self) -> Later<'_, Result<(), StoreError>> {
        Box::pin(std::future::ready(Ok(())))
    }
}

fn answer(rows: &BTreeMap<Key, Bytes>, read: &Read) -> Result<Found, StoreError> {
    match read {
        Read::Row(key) => Ok(Found::Row(rows.get(key).cloned())),
        Read::Range(range) => Ok(Found::Range {
            guard: version(rows, &Key::guard_of(&range.prefix))?,
            rows: rows_of(rows, range),
        }),
    }
}

fn rows_of(rows: &BTreeMap<Key, Bytes>, range: &Range) -> Vec<(Key, Bytes)> {
    let Some(bounds) = span(range) else { return Vec::new() };
    let found = rows.range(bounds).map(|(key, value)| (key.clone(), value.clone()));
    if range.newest_first {
        found.rev().take(range.limit).collect()
    } else {
        found.take(range.limit).collect()
    }
}

fn version(rows: &BTreeMap<Key, Bytes>, key: &Key) -> Result<u64, StoreError> {
    rows.get(key).map_or(Ok(0), |bytes| check::version(key, bytes))
}

fn apply(rows: &mut BTreeMap<Key, Bytes>, commit: Commit) -> Result<(), StoreError> {
    check::expectations(&commit.expects, |key| version(rows, key))?;

    // Read before anything is written: a damaged guard refuses the commit while nothing of it is
    // there.
    let bumped = commit
        .bumps
        .iter()
        .map(|(key, steps)| Ok((key.clone(), version(rows, key)?.saturating_add(*steps))));
    let bumped: Vec<(Key, u64)> = bumped.collect::<Result<_, StoreError>>()?;

    for (key, value) in commit.writes {
        match value {
            Some(bytes) => rows.insert(key, bytes),
            None => rows.remove(&key),
        };
    }

    rows.extend(bumped.into_iter().map(|(key, version)| (key, row::guard(version))));
    Ok(())
}
