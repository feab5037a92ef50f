//! A decision in the making: reads what was loaded, sees its own writes, and collects the commit.
//!
//! A decision is a plain function `fn(&mut Tx) -> Result<T, Halt>`. Where a row has not been loaded
//! yet it stops with [`Halt::Need`]; the caller loads and calls it again, at most [`ROUNDS_MAX`]
//! times. Every read that is not advisory becomes an expectation of the commit, so a decision never
//! takes effect on a state it did not see.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::commit::{Commit, MergeError};
use crate::context::OpContext;
use crate::key::Key;
use crate::memo;
use crate::overtaken::Overtaken;
use crate::read::{Found, Range, Read, Reads};
use crate::refusal::Refusal;
use crate::row::{self, Bytes, Row, RowError};

/// How often a decision may ask for more.
pub const ROUNDS_MAX: usize = 16;

/// Why a decision stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Halt {
    /// These must be loaded first.
    Need(Vec<Read>),
    /// The command is refused.
    Refused(Refusal),
    /// What was to be done is no longer there to be done.
    Overtaken(Overtaken),
    /// The store holds something that cannot be read.
    Damaged(String),
}

impl Halt {
    /// The same halt; a refusal's field inside `outer`.
    #[must_use]
    pub fn inside(self, outer: &str) -> Self {
        match self {
            Self::Refused(refusal) => Self::Refused(refusal.inside(outer)),
            other => other,
        }
    }
}

impl From<Refusal> for Halt {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Overtaken> for Halt {
    fn from(by: Overtaken) -> Self {
        Self::Overtaken(by)
    }
}

impl From<RowError> for Halt {
    fn from(error: RowError) -> Self {
        Self::Damaged(error.to_string())
    }
}

impl From<MergeError> for Halt {
    fn from(error: MergeError) -> Self {
        Self::Damaged(error.to_string())
    }
}

/// Joins readings that do not need one another, so that what they still want is loaded in one
/// round.
///
/// # Errors
/// [`Halt::Need`] with all that is wanted, or the first other reason to stop.
pub fn together<T>(parts: impl IntoIterator<Item = Result<T, Halt>>) -> Result<Vec<T>, Halt> {
    let (mut found, mut needs) = (Vec::new(), Vec::new());

    for part in parts {
        match part {
            Ok(part) => found.push(part),
            Err(Halt::Need(more)) => needs.extend(more),
            Err(other) => return Err(other),
        }
    }

    if needs.is_empty() { Ok(found) } else { Err(Halt::Need(needs)) }
}

/// What a decision came to.
#[derive(Debug)]
pub enum Decision<T> {
    /// Load these and decide again.
    Need(Vec<Read>),
    /// Write this; `T` is the answer once it is durable.
    Done(Commit, T),
    /// Refused; nothing is written.
    Refused(Refusal),
    /// What was to be done is no longer there to be done; nothing is written.
    Overtaken(Overtaken),
    /// The store holds something that cannot be read.
    Damaged(String),
}

/// Runs one round of a decision on what has been loaded.
pub fn decide<T>(
    reads: &Reads,
    decision: impl FnOnce(&mut Tx<'_>) -> Result<T, Halt>,
) -> Decision<T> {
    decide_over(reads, &Commit::default(), decision)
}

/// Runs one round of a decision on what has been loaded and an overlay of earlier, not yet
/// committed decisions. The commit that comes back holds only what this decision adds;
/// [`Commit::then`] joins them.
pub fn decide_over<T>(
    reads: &Reads,
    overlay: &Commit,
    decision: impl FnOnce(&mut Tx<'_>) -> Result<T, Halt>,
) -> Decision<T> {
    let mut tx = Tx { reads, overlay, own: Commit::default(), ids: 0 };

    match decision(&mut tx) {
        Ok(answer) => Decision::Done(tx.own, answer),
        Err(Halt::Need(needs)) => Decision::Need(needs),
        Err(Halt::Refused(refusal)) => Decision::Refused(refusal),
        Err(Halt::Overtaken(by)) => Decision::Overtaken(by),
        Err(Halt::Damaged(reason)) => Decision::Damaged(reason),
    }
}

/// The state a decision works on.
#[derive(Debug)]
pub struct Tx<'a> {
    reads: &'a Reads,
    overlay: &'a Commit,
    own: Commit,
    ids: usize,
}

impl Tx<'_> {
    /// Asks for several rows at once, so that they cost one round.
    ///
    /// # Errors
    /// [`Halt::Need`] with all of those that are not loaded yet.
    pub fn want(&self, keys: &[Key]) -> Result<(), Halt> {
        // What this decision or one before it writes is known without the store, so it is never
        // loaded.
        let missing: Vec<Read> = keys
            .iter()
            .filter(|key| {
                !self.own.writes.contains_key(*key) && !self.overlay.writes.contains_key(*key)
            })
            .map(|key| Read::Row(key.clone()))
            .filter(|read| !self.reads.contains_key(read))
            .collect();

        if missing.is_empty() { Ok(()) } else { Err(Halt::Need(missing)) }
    }

    /// A row and its version, as a precondition of the commit.
    ///
    /// # Errors
    /// [`Halt::Need`] where it is not loaded, [`Halt::Damaged`] where it cannot be read.
    pub fn get<T: Row>(&mut self, key: &Key) -> Result<Option<(T, u64)>, Halt> {
        let found = self.peek::<T>(key)?;
        // Absence is expected too: version 0 conflicts with whoever creates the row meanwhile.
        let version = found.as_ref().map_or(0, |(_, version)| *version);
        self.expect(key, version);
        Ok(found)
    }

    /// [`Tx::get`] for a row that is as good as its default where it is absent, such as an item's
    /// lane.
    ///
    /// # Errors
    /// As [`Tx::get`].
    pub fn get_or_default<T: Row + Default>(&mut self, key: &Key) -> Result<T, Halt> {
        Ok(self.get(key)?.map(|(row, _)| row).unwrap_or_default())
    }

    /// [`Tx::peek`] for such a row.
    ///
    /// # Errors
    /// As [`Tx::get`].
    pub fn peek_or_default<T: Row + Default>(&self, key: &Key) -> Result<T, Halt> {
        Ok(self.peek(key)?.map(|(row, _)| row).unwrap_or_default())
    }

    /// A row that must be there.
    ///
    /// # Errors
    /// As [`Tx::get`], and `not-found` where it is absent.
    pub fn require<T: Row>(&mut self, key: &Key) -> Result<(T, u64), Halt> {
        self.get(key)?.ok_or_else(|| Refusal::not_found(T::NAME).into())
    }

    /// A row read for advice only: it may change before the commit.
    ///
    /// # Errors
    /// As [`Tx::get`].
    pub fn peek<T: Row>(&self, key: &Key) -> Result<Option<(T, u64)>, Halt> {
        self.bytes(key)?.map(|bytes| row::decode::<T>(&bytes)).transpose().map_err(Halt::from)
    }

    /// The same for a row that is read far more often than it changes, which is decoded once for
    /// all who read it.
    ///
    /// # Errors
    /// As [`Tx::get`].
    pub fn peek_shared<T: Row + Send + Sync + 'static>(
        &self,
        key: &Key,
    ) -> Result<Option<(Arc<T>, u64)>, Halt> {
        self.bytes(key)?.map(|bytes| memo::decode::<T>(&bytes)).transpose().map_err(Halt::from)
    }

    /// [`Tx::peek_shared`], as a precondition of the commit.
    ///
    /// # Errors
    /// As [`Tx::get`].
    pub fn get_shared<T: Row + Send + Sync + 'static>(
        &mut self,
        key: &Key,
    ) -> Result<Option<(Arc<T>, u64)>, Halt> {
        let found = self.peek_shared::<T>(key)?;
        self.expect(key, found.as_ref().map_or(0, |(_, version)| *version));
        Ok(found)
    }

    /// Puts a row: one version after the one that was loaded, which becomes an expectation. A row
    /// that was never loaded is written blindly as version 1; that is for rows nobody else can
    /// write, such as a new event.
    ///
    /// # Errors
    /// [`Halt::Damaged`] for a row that does not encode.
    pub fn put<T: Row>(&mut self, key: Key, row: &T) -> Result<u64, Halt> {
        let current = match self.bytes(&key) {
            Ok(found) => {
                let current = found.map(|bytes| row::version(&bytes)).transpose()?.unwrap_or(0);
                self.expect(&key, current);
                current
            }
            // To ask for it would cost every new event and timeline entry a round that finds
            // nothing.
            Err(_not_loaded) => 0,
        };

        let bytes = row::encode(row, current + 1)?;
        self.own.writes.insert(key, Some(bytes));
        Ok(current + 1)
    }

    /// Deletes a row.
    pub fn delete(&mut self, key: Key) {
        self.own.writes.insert(key, None);
    }

    /// Puts an index row and bumps the guard of the range it belongs to, `range` being a prefix of
    /// `key`.
    ///
    /// # Errors
    /// [`Halt::Damaged`] for a row that does not encode.
    pub fn put_indexed<T: Row>(&mut self, range: &Key, key: Key, row: &T) -> Result<(), Halt> {
        self.put(key, row)?;
        self.bump(range);
        Ok(())
    }

    /// Deletes an index row and bumps the guard of its range.
    pub fn delete_indexed(&mut self, range: &Key, key: Key) {
        self.delete(key);
        self.bump(range);
    }

    /// The rows of a range as a precondition: another commit that changes the range's membership is
    /// a conflict.
    ///
    /// # Errors
    /// As [`Tx::get`].
    pub fn range<T: Row>(&mut self, range: &Range) -> Result<Vec<(Key, T)>, Halt> {
        let (rows, guard) = self.range_rows(range)?;
        let key = Key::guard_of(&range.prefix);
        let bumps = |commit: &Commit| commit.bumps.get(&key).copied().unwrap_or(0);
        // The overlay's bumps count, since this decision stands on what the overlay leaves.
        // `Commit::then` takes them off again before the store sees the number.
        let seen = guard + bumps(self.overlay);
        // Own bumps come after this read, so they do not count into what must hold before the
        // commit.
        self.own.expects.entry(key).or_insert(seen);

        rows.into_iter().map(|(key, bytes)| Ok((key, row::decode::<T>(&bytes)?.0))).collect()
    }

    /// A new id for a `what`, the next in this decision.
    pub fn new_id(&mut self, ctx: &OpContext, what: &str) -> String {
        self.ids += 1;
        ctx.command_id.make_id(ctx.now, what, self.ids)
    }

    /// The commit so far, for a decision that wants to look at what it has already decided.
    #[must_use]
    pub fn so_far(&self) -> &Commit {
        &self.own
    }

    fn bump(&mut self, range: &Key) {
        *self.own.bumps.entry(Key::guard_of(range)).or_default() += 1;
    }

    /// Notes the version a row was seen at, unless this decision wrote it itself.
    fn expect(&mut self, key: &Key, version: u64) {
        if !self.own.writes.contains_key(key) {
            self.own.expects.entry(key.clone()).or_insert(version);
        }
    }

    /// A row's value through own writes, then the overlay, then what was loaded.
    fn bytes(&self, key: &Key) -> Result<Option<Bytes>, Halt> {
        if let Some(value) = self.own.writes.get(key).or_else(|| self.overlay.writes.get(key)) {
            return Ok(value.clone());
        }

        match self.reads.get(&Read::Row(key.clone())) {
            Some(Found::Row(value)) => Ok(value.clone()),
            _ => Err(Halt::Need(vec![Read::Row(key.clone())])),
        }
    }

    /// A range's rows with own and overlaid writes applied, and the guard's version as loaded.
    fn range_rows(&self, range: &Range) -> Result<(Vec<(Key, Bytes)>, u64), Halt> {
        let inside = |key: &Key| {
            key.starts_with(&range.prefix)
                && range
                    .after
                    .as_ref()
                    .is_none_or(|after| if range.newest_first { key < after } else { key > after })
        };

        let written: BTreeMap<&Key, &Option<Bytes>> = self
            .overlay
            .writes
            .iter()
            .chain(&self.own.writes)
            .filter(|(key, _)| inside(key))
            .collect();

        // A deleted row may have taken a place in the loaded answer, so ask for as many more.
        let deleted = written.values().filter(|value| value.is_none()).count();
        let wider = Range { limit: range.limit.saturating_add(deleted), ..range.clone() };
        let Some(Found::Range { rows, guard }) = self.reads.get(&Read::Range(wider.clone())) else {
            return Err(Halt::Need(vec![Read::Range(wider)]));
        };

        let mut merged: BTreeMap<Key, Bytes> = rows.iter().cloned().collect();
        for (key, value) in written {
            match value {
                Some(bytes) => merged.insert(key.clone(), bytes.clone()),
                None => merged.remove(key),
            };
        }

        let ordered: Vec<(Key, Bytes)> = if range.newest_first {
            merged.into_iter().rev().collect()
        } else {
            merged.into_iter().collect()
        };

        Ok((ordered.into_iter().take(range.limit).collect(), *guard))
    }
}
