//! Components as files named by their content. The store keeps rows; what is large lies here, written and synced before any row
//! names it.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::durable::make_folder;

/// A folder of content-addressed files.
#[derive(Clone, Debug)]
pub struct Blobs {
    dir: PathBuf,
}

impl Blobs {
    /// Opens the folder, making it if need be.
    ///
    /// # Errors
    /// Where it cannot be made.
    pub fn open(dir: &Path) -> io::Result<Self> {
        if let Some(above) = dir.parent() {
            make_folder(above)?;
        }
        make_folder(dir)?;
        Ok(Self { dir: dir.to_owned() })
    }

    /// Keeps bytes and gives their SHA-256, hexadecimal. They are durable when this returns.
    ///
    /// # Errors
    /// Where they cannot be written.
    pub fn put(&self, bytes: &[u8]) -> io::Result<String> {
        let name = hex::encode(Sha256::digest(bytes));
        let path = self.dir.join(&name);
        if self.get(&name).is_some() {
            return Ok(name);
        }
        // Written under another name first, so that a file of this name is whole. The process's id keeps two hosts apart.
        let unfinished = self.dir.join(format!("{name}.{}.tmp", std::process::id()));
        let mut file = File::create(&unfinished)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&unfinished, &path)?;
        File::open(&self.dir)?.sync_all()?;
        Ok(name)
    }

    /// The bytes with this SHA-256; nothing where they are missing or damaged.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Vec<u8>> {
        let plain = name.len() == 64 && name.bytes().all(|b| b.is_ascii_hexdigit());
        let bytes = plain.then(|| fs::read(self.dir.join(name)).ok()).flatten()?;
        (hex::encode(Sha256::digest(&bytes)) == name).then_some(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damaged_bytes_are_not_given_out_and_are_replaced() {
        let dir = std::env::temp_dir().join(format!("stagewright-blobs-{}", std::process::id()));
        let blobs = Blobs::open(&dir).unwrap();
        let name = blobs.put(b"component").unwrap();
        assert_eq!(blobs.get(&name).as_deref(), Some(&b"component"[..]));
        fs::write(dir.join(&name), b"tampered").unwrap();
        assert_eq!(blobs.get(&name), None);
        assert_eq!(blobs.put(b"component").unwrap(), name);
        assert!(blobs.get(&name).is_some());
        assert_eq!(blobs.get("../../etc/passwd"), None);
        fs::remove_dir_all(&dir).unwrap();
    }
}
