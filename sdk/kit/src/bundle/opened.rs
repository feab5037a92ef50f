//! An opened bundle.

use std::collections::BTreeMap;

use super::{BundleError, hash, names, open};
use crate::component::must_be_component;
use crate::manifest::Manifest;

/// An opened bundle, all of it in memory; nothing is unpacked to disk.
#[derive(Debug, Clone)]
pub struct Bundle {
    manifest: Manifest,
    files: BTreeMap<String, Vec<u8>>,
    hash: String,
}

impl Bundle {
    /// Reads a bundle.
    ///
    /// # Errors
    /// What is wrong with it; nothing of a bundle is used then.
    pub fn open(bytes: &[u8]) -> Result<Self, BundleError> {
        let files = open::files(bytes)?;
        let manifest =
            files.get(names::MANIFEST).ok_or(BundleError::EntryMissing(names::MANIFEST))?;
        let manifest = Manifest::parse(manifest)?;

        let component =
            files.get(names::COMPONENT).ok_or(BundleError::EntryMissing(names::COMPONENT))?;
        must_be_component(component)?;

        let hash = hash::sha256(hash::content_list(&files).as_bytes());
        Ok(Self { manifest, files, hash })
    }

    /// Who it is and what it asks for.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The component.
    pub fn component(&self) -> &[u8] {
        self.file(names::COMPONENT).unwrap_or_default()
    }

    /// Any file of the bundle.
    pub fn file(&self, name: &str) -> Option<&[u8]> {
        self.files.get(name).map(Vec::as_slice)
    }

    /// The names of all files, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// The hex SHA-256 of the list of contents: the plugin's address.
    pub fn content_hash(&self) -> &str {
        &self.hash
    }

    /// What [`content_hash`](Self::content_hash) hashes and a signature signs: one line
    /// `path size sha256` for each file but the signature, sorted by path.
    pub fn content_list(&self) -> String {
        hash::content_list(&self.files)
    }
}
