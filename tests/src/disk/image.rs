//! From what a cut left to a folder on the disk that this process runs on.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

/// Puts what a cut left in the place of a folder's content.
///
/// # Errors
/// Where the folder cannot be written.
pub fn write(folder: &Path, left: &BTreeMap<String, Option<Vec<u8>>>) -> io::Result<()> {
    fs::remove_dir_all(folder)?;
    fs::create_dir(folder)?;

    for (path, content) in left {
        match content {
            // Folders sort before what is in them.
            None => fs::create_dir(folder.join(path))?,
            Some(content) => fs::write(folder.join(path), content)?,
        }
    }
    Ok(())
}
