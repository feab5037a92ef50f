//! Components as files named by their content. The store keeps rows; what is large lies here,
//! written and synced before any row names it.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use sha2::{Digest, Sha256};

use crate::durable::make_folder;

/// The end of the names of files that are being written.
const UNFINISHED: &str = ".tmp";
/// Tells files that are being written at the same time apart.
static WRITTEN: AtomicU64 = AtomicU64::new(0);

/// A folder of content-addressed files.
#[derive(Clone, Debug)]
pub struct Blobs {
    dir: PathBuf,
}

/// A file that is being written. Dropped before it is finished, it is gone.
#[derive(Debug)]
pub struct Unfinished {
    blobs: Blobs,
    path: PathBuf,
    file: File,
    hash: Sha256,
}

impl Blobs {
    /// Opens the folder, making it if need be, and removes what a crash left unfinished. Nobody
    /// else may have it open.
    ///
    /// # Errors
    /// Where it cannot be made or read.
    pub fn open(dir: &Path) -> io::Result<Self> {
        if let Some(above) = dir.parent() {
            make_folder(above)?;
        }
        make_folder(dir)?;

        for entry in fs::read_dir(dir)? {
            let path = entry?.path();
            if path.to_string_lossy().ends_with(UNFINISHED) {
                fs::remove_file(path)?;
            }
        }
        Ok(Self { dir: dir.to_owned() })
    }

    /// Keeps bytes and gives their SHA-256, hexadecimal. They are durable when this returns.
    ///
    /// # Errors
    /// Where they cannot be written.
    pub fn put(&self, bytes: &[u8]) -> io::Result<String> {
        let mut unfinished = self.begin()?;
        unfinished.write(bytes)?;
        unfinished.finish()
    }

    /// Begins a file whose bytes come one after the other.
    ///
    /// # Errors
    /// Where it cannot be made.
    pub fn begin(&self) -> io::Result<Unfinished> {
        let number = WRITTEN.fetch_add(1, Ordering::Relaxed);
        let path = self.dir.join(format!("{number}{UNFINISHED}"));
        let file = File::create(&path)?;
        Ok(Unfinished { blobs: self.clone(), path, file, hash: Sha256::new() })
    }

    /// The bytes with this SHA-256; nothing where they are missing or damaged.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Vec<u8>> {
        // Only a hash is looked up, so that no name leads out of the folder.
        let plain = name.len() == 64 && name.bytes().all(|b| b.is_ascii_hexdigit());
        let bytes = plain.then(|| fs::read(self.dir.join(name)).ok()).flatten()?;
        (hex::encode(Sha256::digest(&bytes)) == name).then_some(bytes)
    }
}

impl Unfinished {
    /// Writes what comes next.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.hash.update(bytes);
        self.file.write_all(bytes)
    }

    /// Gives the file its name, the SHA-256 of its bytes, hexadecimal. It is durable when this
    /// returns.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn finish(self) -> io::Result<String> {
        let name = hex::encode(self.hash.clone().finalize());

        // What is there under this name already may be damaged, what comes is not.
        if self.blobs.get(&name).is_none() {
            self.file.sync_all()?;
            fs::rename(&self.path, self.blobs.dir.join(&name))?;
            File::open(&self.blobs.dir)?.sync_all()?;
        }

        Ok(name)
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        // Once it is finished there is none of this name; else it was never whole, and the next
        // start removes it.
        let _gone = fs::remove_file(&self.path);
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

    #[test]
    fn what_is_not_finished_leaves_nothing_behind() {
        let dir =
            std::env::temp_dir().join(format!("stagewright-unfinished-{}", std::process::id()));
        let blobs = Blobs::open(&dir).unwrap();
        let mut given_up = blobs.begin().unwrap();
        given_up.write(b"half").unwrap();

        let (mut one, mut same) = (blobs.begin().unwrap(), blobs.begin().unwrap());
        for part in [&b"ro"[..], b"of"] {
            one.write(part).unwrap();
            same.write(part).unwrap();
        }
        assert_eq!(one.finish().unwrap(), same.finish().unwrap());

        drop(given_up);
        fs::write(dir.join("9.tmp"), b"left by a crash").unwrap();

        let names = |blobs: &Blobs| fs::read_dir(&blobs.dir).unwrap().count();
        assert_eq!(names(&blobs), 2);
        assert_eq!(names(&Blobs::open(&dir).unwrap()), 1);
        fs::remove_dir_all(&dir).unwrap();
    }
}
