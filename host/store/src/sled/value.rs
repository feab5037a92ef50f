//! How a row lies in the tree.
//!
//! **Shape**: `0 · row` for a row of up to [`WHOLE_MAX`] bytes; `1 · pointer row` for a larger one,
//! whose pieces lie under `0xF2 · generation (8, big endian) · index (4, big endian)`. A pointer is
//! framed like any row and carries the row's version, so that versions are compared without
//! fetching the pieces. A generation is used once and its pieces never change: who finds all of
//! them has found one row, not parts of two.

use serde::{Deserialize, Serialize};

use stagewright_core::key::Key;
use stagewright_core::row::{self, Bytes, Row};
use stagewright_core::seams::StoreError;

use super::super::check::{self, OWN_SPACE};
use super::error;

/// The largest row, and the largest piece, that lies in the tree as one value.
///
/// **Units**: bytes. **Source**: a leaf holds up to 20 rows while it is being merged, and has to
/// stay below the 128 KiB above which sled moves it into a file that nobody syncs: 20 × (4096 + 384
/// for the key) is 90 KB.
pub(super) const WHOLE_MAX: usize = 4096;

const WHOLE: u8 = 0;
const PIECES: u8 = 1;

/// Where the pieces of a large row are.
#[derive(Serialize, Deserialize, Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Pointer {
    /// What their keys have in common.
    pub(super) generation: u64,
    /// How many there are.
    pub(super) pieces: u32,
    /// How long they are together.
    pub(super) bytes: u64,
}

impl Row for Pointer {
    const NAME: &'static str = "large value";
}

impl Pointer {
    /// The keys of all pieces, in order.
    pub(super) fn keys(self) -> impl Iterator<Item = [u8; 13]> {
        (0..self.pieces).map(move |index| piece_key(self.generation, index))
    }
}

/// A value as it lies in the tree.
#[derive(PartialEq, Eq, Debug)]
pub(super) enum Stored<'a> {
    Whole(&'a [u8]),
    Pieces { pointer: Pointer, version: u64 },
}

/// Takes a stored value apart.
///
/// # Errors
/// [`StoreError::Damaged`] for anything but the two shapes; whether a whole row is sound is not
/// looked at.
pub(super) fn open<'a>(key: &Key, stored: &'a [u8]) -> Result<Stored<'a>, StoreError> {
    match stored.split_first() {
        Some((&WHOLE, bytes)) => Ok(Stored::Whole(bytes)),
        Some((&PIECES, bytes)) => row::decode::<Pointer>(bytes)
            .map(|(pointer, version)| Stored::Pieces { pointer, version })
            .map_err(|e| StoreError::Damaged(format!("row {key:?}: {e}"))),
        _ => Err(StoreError::Damaged(format!("row {key:?} has an unknown shape"))),
    }
}

/// Version and pointer of a stored value, its checksum checked.
///
/// # Errors
/// As [`open`], and where the row's frame is wrong.
pub(super) fn describe(key: &Key, stored: &[u8]) -> Result<(u64, Option<Pointer>), StoreError> {
    match open(key, stored)? {
        Stored::Whole(bytes) => Ok((check::version(key, bytes)?, None)),
        Stored::Pieces { pointer, version } => Ok((version, Some(pointer))),
    }
}

/// Puts a row into a batch, in pieces where it is large. `generation` is asked for a number that
/// was never used before.
///
/// # Errors
/// [`StoreError`] from `generation`, and for a row of more than 2^32 pieces.
pub(super) fn put(
    batch: &mut sled::Batch,
    (key, bytes, version): (&Key, &Bytes, u64),
    generation: impl FnOnce() -> Result<u64, StoreError>,
) -> Result<(), StoreError> {
    if bytes.len() <= WHOLE_MAX {
        batch.insert(key.as_bytes(), marked(WHOLE, bytes));
        return Ok(());
    }

    let damaged = |e: &dyn std::fmt::Display| StoreError::Damaged(format!("row {key:?}: {e}"));
    let pieces = u32::try_from(bytes.len().div_ceil(WHOLE_MAX)).map_err(|e| damaged(&e))?;
    let pointer = Pointer { generation: generation()?, pieces, bytes: bytes.len() as u64 };
    let row = row::encode(&pointer, version).map_err(|e| damaged(&e))?;
    batch.insert(key.as_bytes(), marked(PIECES, &row));

    for (piece_key, piece) in pointer.keys().zip(bytes.chunks(WHOLE_MAX)) {
        batch.insert(&piece_key, piece);
    }
    Ok(())
}

/// The row that a pointer points to; nothing where a piece is missing.
///
/// # Errors
/// What [`error::on_read`] makes of a failed look.
pub(super) fn assemble(tree: &sled::Tree, pointer: Pointer) -> Result<Option<Vec<u8>>, StoreError> {
    // The length is read from the disk, so no more than 16 MiB are set aside on its word.
    let mut bytes = Vec::with_capacity(usize::try_from(pointer.bytes).unwrap_or(0).min(1 << 24));
    for key in pointer.keys() {
        let Some(piece) = tree.get(key).map_err(error::on_read)? else { return Ok(None) };
        bytes.extend_from_slice(&piece);
    }

    Ok(if bytes.len() as u64 == pointer.bytes { Some(bytes) } else { None })
}

/// The generation that a piece belongs to; nothing for any other key.
pub(super) fn generation_of(key: &[u8]) -> Option<u64> {
    let (generation, _index) = key.strip_prefix(&[OWN_SPACE])?.split_first_chunk::<8>()?;
    Some(u64::from_be_bytes(*generation))
}

fn piece_key(generation: u64, index: u32) -> [u8; 13] {
    let mut key = [OWN_SPACE; 13];
    let parts = generation.to_be_bytes().into_iter().chain(index.to_be_bytes());
    key.iter_mut().skip(1).zip(parts).for_each(|(to, from)| *to = from);
    key
}

fn marked(marker: u8, bytes: &[u8]) -> Vec<u8> {
    let mut value = Vec::with_capacity(1 + bytes.len());
    value.push(marker);
    value.extend_from_slice(bytes);
    value
}
