//! The number of the last group that was acknowledged, kept beside sled.
//!
//! sled drops a log from the first segment that it cannot read onwards, and says nothing: a few
//! flipped bits can open as an empty store. Every batch therefore writes its group's number into
//! the tree, and a small file says which number has been reached. A tree that ends before that has
//! lost something.
//!
//! **Order**: the file is written after the sync of the group it names and is itself synced only
//! when the store is opened and closed. It is exact after a kill, may lag behind after a power cut,
//! and never runs ahead.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use super::super::check::OWN_SPACE;

/// Where the tree keeps the number of its last group.
pub(super) const GROUP_KEY: [u8; 1] = [OWN_SPACE + 1];

/// The file.
///
/// **Shape**: the number as 20 decimal digits and a line feed, always rewritten in place, so that
/// it is never half there.
#[derive(Debug)]
pub(super) struct Mark(File);

impl Mark {
    /// Opens or creates the file, and gives the number in it; nothing where it is new.
    ///
    /// # Errors
    /// What the system says, and [`io::ErrorKind::InvalidData`] for a file with anything else in
    /// it.
    pub(super) fn open(dir: &Path) -> io::Result<(Self, Option<u64>)> {
        let mut file = File::options()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(dir.join("last-group"))?;

        let mut text = String::new();
        file.read_to_string(&mut text)?;

        // A power cut before the first sync may leave the length and none of the digits. The file
        // is synced before the first group.
        if text.bytes().all(|byte| byte == 0) {
            return Ok((Self(file), None));
        }

        let number =
            text.trim_end().parse().map_err(|e| io::Error::new(io::ErrorKind::InvalidData, e))?;
        Ok((Self(file), Some(number)))
    }

    /// Writes that group `number` is durable.
    ///
    /// # Errors
    /// What the system says.
    pub(super) fn write(&self, number: u64) -> io::Result<()> {
        let mut file = &self.0;
        file.seek(SeekFrom::Start(0))?;
        file.write_all(format!("{number:020}\n").as_bytes())
    }

    /// Makes what was written survive a power cut.
    ///
    /// # Errors
    /// What the system says.
    pub(super) fn sync(&self) -> io::Result<()> {
        self.0.sync_all()
    }
}
