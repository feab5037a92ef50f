//! What every commit must satisfy before a store looks at it, and how expectations are compared.

use std::collections::BTreeMap;

use stagewright_core::commit::Commit;
use stagewright_core::key::Key;
use stagewright_core::row;
use stagewright_core::seams::StoreError;

/// The longest key that a store takes.
///
/// **Units**: bytes. **Source**: sled moves a tree node above 128 KiB into a separate file that it
/// never syncs. An inner node holds up to 320 keys while it is being merged, so that shorter keys
/// never get there.
pub const KEY_BYTES_MAX: usize = 384;

/// Where the keys of tenants, of the platform and of the due index end. What begins with this byte
/// or a higher one belongs to the store itself.
pub(super) const OWN_SPACE: u8 = 0xF2;

/// Refuses a commit that could not be read back: a key that is too long or not a caller's to use,
/// or a value whose frame is wrong.
///
/// # Errors
/// [`StoreError::Damaged`]: whoever made this commit has a bug, and nothing of it is written.
pub(super) fn sound(commit: &Commit) -> Result<(), StoreError> {
    for key in commit.writes.keys().chain(commit.bumps.keys()) {
        let bytes = key.as_bytes();
        if bytes.len() > KEY_BYTES_MAX {
            return Err(StoreError::Damaged(format!(
                "key {key:?} has {} bytes, at most {KEY_BYTES_MAX} are taken",
                bytes.len()
            )));
        }

        if bytes.first().is_none_or(|first| *first >= OWN_SPACE) {
            return Err(StoreError::Damaged(format!(
                "key {key:?} lies outside the space for rows"
            )));
        }
    }

    commit
        .writes
        .iter()
        .filter_map(|(key, value)| value.as_ref().map(|bytes| (key, bytes)))
        .try_for_each(|(key, bytes)| {
            version(key, bytes)?;
            Ok(())
        })
}

/// The version of a stored row, its checksum checked.
///
/// # Errors
/// [`StoreError::Damaged`], naming the row.
pub(super) fn version(key: &Key, bytes: &[u8]) -> Result<u64, StoreError> {
    row::version(bytes).map_err(|e| StoreError::Damaged(format!("row {key:?}: {e}")))
}

/// Compares what a commit expects with the versions there are now.
///
/// # Errors
/// [`StoreError::Conflict`] with the first key that is at another version, and whatever
/// `version_now` answers.
pub(super) fn expectations(
    expects: &BTreeMap<Key, u64>,
    mut version_now: impl FnMut(&Key) -> Result<u64, StoreError>,
) -> Result<(), StoreError> {
    for (key, expected) in expects {
        if version_now(key)? != *expected {
            return Err(StoreError::Conflict(key.clone()));
        }
    }
    Ok(())
}
