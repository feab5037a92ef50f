//! Reading the files of a bundle. Everything in it is somebody else's, so every size and name is
//! checked before it is used.

use std::collections::BTreeMap;
use std::io::Read;

use tar::{Archive, Entry, EntryType};

use super::limits::{BUNDLE_BYTES_MAX, COMPONENT_BYTES_MAX, ENTRIES_MAX, TEXT_BYTES_MAX};
use super::{BundleError, names};

/// The files of a bundle: name → contents.
pub(super) fn files(bytes: &[u8]) -> Result<BTreeMap<String, Vec<u8>>, BundleError> {
    cap("the bundle", bytes.len() as u64, BUNDLE_BYTES_MAX)?;
    read(bytes)
}

fn read(bytes: &[u8]) -> Result<BTreeMap<String, Vec<u8>>, BundleError> {
    let mut archive = Archive::new(bytes);
    let mut files = BTreeMap::new();
    for entry in archive.entries().map_err(corrupt)? {
        let mut entry = entry.map_err(corrupt)?;
        let name = name(&entry)?;

        // Entries are counted before they are read, so that a flood of them does not fill the
        // memory.
        if files.len() == ENTRIES_MAX {
            return Err(BundleError::TooManyEntries(ENTRIES_MAX));
        }

        let contents = contents(&mut entry, &name)?;
        if files.insert(name.clone(), contents).is_some() {
            return Err(BundleError::EntryTwice(name));
        }
    }

    Ok(files)
}

fn name(entry: &Entry<'_, &[u8]>) -> Result<String, BundleError> {
    let raw = entry.path_bytes();
    let name = String::from_utf8_lossy(&raw).into_owned();
    if !names::is_plain(&name) {
        return Err(BundleError::EntryName(name));
    }
    if entry.header().entry_type() != EntryType::Regular {
        return Err(BundleError::EntryType(name));
    }

    if names::is_known(&name) { Ok(name) } else { Err(BundleError::EntryUnknown(name)) }
}

fn contents(entry: &mut Entry<'_, &[u8]>, name: &str) -> Result<Vec<u8>, BundleError> {
    cap(name, entry.size(), max_bytes(name))?;

    // The size is only what the header claims, so that no memory is reserved for it.
    let mut contents = Vec::new();
    entry.read_to_end(&mut contents).map_err(corrupt)?;

    match contents.len() as u64 == entry.size() {
        true => Ok(contents),
        false => Err(BundleError::Corrupt(format!("`{name}` is cut off"))),
    }
}

/// How large the entry may be.
pub(super) fn max_bytes(name: &str) -> usize {
    if name == names::COMPONENT { COMPONENT_BYTES_MAX } else { TEXT_BYTES_MAX }
}

/// Refuses what is larger than it may be.
pub(super) fn cap(what: &str, bytes: u64, max: usize) -> Result<(), BundleError> {
    match bytes > max as u64 {
        true => Err(BundleError::TooLarge { what: what.to_owned(), bytes, max }),
        false => Ok(()),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "map_err hands it over")]
fn corrupt(cause: std::io::Error) -> BundleError {
    BundleError::Corrupt(cause.to_string())
}
