//! A folder of a test's own.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// A folder that goes when this does, unless the test has failed: then it is left to be looked at.
#[derive(Debug)]
pub struct Scratch(PathBuf);

impl Scratch {
    /// An empty folder. The process's id keeps two runs apart, a number two folders of one run.
    ///
    /// # Errors
    /// Where it cannot be made.
    pub fn new(name: &str) -> std::io::Result<Self> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir()
            .join(format!("stagewright-{name}-{}-{number}", std::process::id()));

        if path.exists() {
            fs::remove_dir_all(&path)?;
        }
        fs::create_dir_all(&path)?;

        // The shim takes paths by their text, so that there must be no link among them.
        Ok(Self(path.canonicalize()?))
    }

    /// The folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        let _left_behind = fs::remove_dir_all(&self.0);
    }
}
