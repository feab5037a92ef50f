//! A plugin's address: the hash of its contents.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::names::SIGNATURE;

/// The hex SHA-256.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// One line `path size sha256` for each file but the signature, sorted by path.
pub(crate) fn content_list(files: &BTreeMap<String, Vec<u8>>) -> String {
    let mut list = String::new();
    for (name, bytes) in files.iter().filter(|(name, _)| *name != SIGNATURE) {
        // Writing to a String cannot fail.
        let _ = writeln!(list, "{name} {} {}", bytes.len(), sha256(bytes));
    }
    list
}
