//! Why a host did not start, in words and stable codes.

use std::path::PathBuf;

use stagewright_core::drive::Failure;
use stagewright_core::seams::StoreError;
use stagewright_runtime::RuntimeError;
use stagewright_store::sled::OpenError;

use super::keys::KeyError;

/// Why a host did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The store does not open.
    #[error("cannot {0}")]
    Open(#[from] OpenError),
    /// The keys are not those of the data.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The data cannot be looked at.
    #[error(
        "the data cannot be looked at: {0}; see what is left with `stagewright storage verify`"
    )]
    Data(#[from] Failure),
    /// The store cannot be read.
    #[error(
        "what is due cannot be read: {0}; look at the data with `stagewright storage verify` \
         (server.due-unreadable)"
    )]
    Store(#[from] StoreError),
    /// A folder cannot be made.
    #[error(
        "{path} has to be a folder that this user may write to; make it one, or set `data` to \
         another folder: {source}"
    )]
    Folder {
        /// Its path.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Plugins cannot run.
    #[error("{0} (server.runtime)")]
    Runtime(#[from] RuntimeError),
    /// TLS cannot be set up.
    #[error("outbound connections cannot be set up: {0} (server.connections)")]
    Connector(#[from] reqwest::Error),
}

impl StartError {
    /// The stable code of this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Open(error) => error.code(),
            Self::Key(error) => error.code(),
            Self::Data(_) => "server.data-unreadable",
            Self::Store(_) => "server.due-unreadable",
            Self::Folder { .. } => "storage.folder",
            Self::Runtime(_) => "server.runtime",
            Self::Connector(_) => "server.connections",
        }
    }
}
