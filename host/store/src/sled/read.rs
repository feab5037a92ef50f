//! Answers reads beside the committer.
//!
//! sled applies a batch row by row, and a reader may look in between. Two things must hold
//! nevertheless:
//! - **No phantom**: a guard must not be seen bumped before the rows it guards are there. While a
//!   group is being applied its guards answer with the version from before, so that at worst the
//!   reader's commit conflicts.
//! - **No torn value**: the pieces of a large row may not be there yet, or no longer. Who misses
//!   one waits for the group to end and looks again; what is missing then is lost.

use stagewright_core::key::Key;
use stagewright_core::read::{Found, Range, Read};
use stagewright_core::row::Bytes;
use stagewright_core::seams::StoreError;

use super::super::{check, span::span};
use super::error;
use super::shared::Shared;
use super::value::{self, Stored};

/// Answers one read.
///
/// # Errors
/// [`StoreError::Damaged`] for a row that cannot be read back, [`StoreError::Stopped`] where the
/// system refuses to read.
pub(super) fn answer(shared: &Shared, read: &Read) -> Result<Found, StoreError> {
    match read {
        Read::Row(key) => row(shared, key).map(Found::Row),
        Read::Range(range) => {
            // The guard comes first: what changes after it shows as a conflict.
            let guard = guard(shared, &Key::guard_of(&range.prefix))?;
            Ok(Found::Range { rows: rows(shared, range)?, guard })
        }
    }
}

fn row(shared: &Shared, key: &Key) -> Result<Option<Bytes>, StoreError> {
    match shared.db.get(key.as_bytes()).map_err(error::on_read)? {
        Some(stored) => value(shared, key, &stored),
        None => Ok(None),
    }
}

/// A guard's version, not yet bumped by a group that is still being applied.
fn guard(shared: &Shared, key: &Key) -> Result<u64, StoreError> {
    let found = match shared.db.get(key.as_bytes()).map_err(error::on_read)? {
        Some(stored) => value::describe(key, &stored)?.0,
        None => 0,
    };

    // Looked at after the tree: if no group is being applied by now, one that has bumped what was
    // just read is complete, and the rows read next are all there.
    Ok(shared.guards_before().get(key).copied().unwrap_or(found))
}

fn rows(shared: &Shared, range: &Range) -> Result<Vec<(Key, Bytes)>, StoreError> {
    let Some((from, to)) = span(range) else { return Ok(Vec::new()) };

    let mut found = shared
        .db
        .range::<&[u8], _>((from.as_ref().map(Key::as_bytes), to.as_ref().map(Key::as_bytes)));
    let mut rows = Vec::new();

    while rows.len() < range.limit {
        let next = if range.newest_first { found.next_back() } else { found.next() };
        let Some(next) = next else { break };
        let (key, stored) = next.map_err(error::on_read)?;
        let key = Key::from_bytes(&key);
        if let Some(bytes) = value(shared, &key, &stored)? {
            rows.push((key, bytes));
        }
    }

    Ok(rows)
}

/// The row in a stored value; nothing where it has been deleted meanwhile.
fn value(shared: &Shared, key: &Key, stored: &[u8]) -> Result<Option<Bytes>, StoreError> {
    if let Some(bytes) = try_value(shared, key, stored)? {
        return Ok(Some(bytes));
    }

    // The lock is taken only now. Hardly any read comes in between the pieces of a row, and a
    // reader that holds the lock keeps the committer waiting.
    let _nothing_is_applied = shared.wait_for_apply();
    let Some(stored) = shared.db.get(key.as_bytes()).map_err(error::on_read)? else {
        return Ok(None);
    };

    match try_value(shared, key, &stored)? {
        Some(bytes) => Ok(Some(bytes)),
        None => Err(StoreError::Damaged(format!("row {key:?} lacks a piece"))),
    }
}

/// The row in a stored value; nothing where one of its pieces is not there.
fn try_value(shared: &Shared, key: &Key, stored: &[u8]) -> Result<Option<Bytes>, StoreError> {
    let bytes: Bytes = match value::open(key, stored)? {
        Stored::Whole(bytes) => bytes.into(),
        Stored::Pieces { pointer, .. } => match value::assemble(&shared.db, pointer)? {
            Some(bytes) => bytes.into(),
            None => return Ok(None),
        },
    };

    check::version(key, &bytes)?;
    Ok(Some(bytes))
}
