//! The cache folder, and one process at a time in it.

use std::env;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::ToolchainError;
use crate::Progress;

/// `$XDG_CACHE_HOME/stagewright`, else `~/.cache/stagewright`.
pub(super) fn folder() -> Result<PathBuf, ToolchainError> {
    let absolute = |name| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let base =
        absolute("XDG_CACHE_HOME").or_else(|| absolute("HOME").map(|home| home.join(".cache")));
    let folder = base.unwrap_or_else(env::temp_dir).join("stagewright");

    fs::create_dir_all(&folder).map_err(|cause| unusable(&folder, cause))?;
    Ok(folder)
}

pub(super) fn unusable(path: &Path, cause: io::Error) -> ToolchainError {
    ToolchainError::Cache { path: path.display().to_string(), cause }
}

/// Held while one process fetches or builds; the system frees it when the process ends, however it
/// ends.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

impl Lock {
    /// Waits for the lock `name` of `folder`.
    pub(crate) fn take(
        folder: &Path,
        name: &str,
        progress: &Progress<'_>,
    ) -> Result<Self, ToolchainError> {
        let path = folder.join(format!("{name}.lock"));
        let open = || File::options().create(true).append(true).open(&path);
        let file = open().map_err(|cause| unusable(&path, cause))?;

        if file.try_lock().is_err() {
            progress("waiting for another build to finish");
            file.lock().map_err(|cause| unusable(&path, cause))?;
        }
        Ok(Self { _file: file })
    }
}
