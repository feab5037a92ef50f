//! Writing a file that others read.

use std::fs;
use std::path::Path;

use super::BuildError;

/// Writes a file whole or not at all: another process may be reading the old one.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> Result<(), BuildError> {
    let temporary = path.with_extension("part");
    let written = fs::write(&temporary, bytes).and_then(|()| fs::rename(&temporary, path));
    written.map_err(|cause| BuildError::write(path, cause))
}
