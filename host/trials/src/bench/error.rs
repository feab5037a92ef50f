//! Why nothing was measured.

use std::path::PathBuf;

use stagewright_client::ClientError;

use super::writes::BenchError as StoreBench;
use crate::demo::DemoError;

/// Why nothing was measured.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    /// The folder is there already.
    #[error(
        "{0} is there already (bench.folder-exists); name one that is not, since it is removed at \
         the end"
    )]
    FolderExists(PathBuf),
    /// The folder cannot be made or removed.
    #[error("the folder cannot be used: {0}")]
    Folder(#[from] std::io::Error),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreBench),
    /// The plugins or the host.
    #[error(transparent)]
    Setup(#[from] DemoError),
    /// The API.
    #[error("{0}")]
    Api(#[from] ClientError),
    /// Something came out otherwise than it should, so that the figures mean nothing.
    #[error("{0}")]
    Wrong(String),
}
