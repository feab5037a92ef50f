//! Why a plugin cannot be built.

use std::io;
use std::path::Path;

use crate::bundle::BundleError;
use crate::toolchain::ToolchainError;

/// Why a plugin cannot be built. Every message says what to do next.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The folder is no plugin's.
    #[error("there is no plugin.toml in `{0}`; name a plugin's folder")]
    NoManifest(String),
    /// The folder holds no Rust.
    #[error(
        "there is no Cargo.toml in `{0}`; only Rust is built here: build the component with its \
         own tools, then `stagewright plugin pack`"
    )]
    NotRust(String),
    /// cargo does not understand the folder.
    #[error("cargo cannot read the project in `{dir}`; correct what it says:\n{said}")]
    Project {
        /// The folder.
        dir: String,
        /// What cargo said.
        said: String,
    },
    /// The crate makes no module.
    #[error(
        "the crate in `{0}` makes no WebAssembly module; add crate-type = [\"cdylib\", \"rlib\"] \
         under [lib]"
    )]
    NoModule(String),
    /// The code does not compile.
    #[error("cargo could not build {packages}; correct what it says:\n{said}")]
    Compile {
        /// The crates.
        packages: String,
        /// The last it said.
        said: String,
    },
    /// No compiler.
    #[error(transparent)]
    Toolchain(#[from] ToolchainError),
    /// The manifest, the component or what goes with it is wrong.
    #[error(transparent)]
    Bundle(#[from] BundleError),
    /// A file cannot be read.
    #[error("cannot read `{path}`: {cause}; check that it exists and may be read")]
    Read {
        /// The file.
        path: String,
        /// Why.
        #[source]
        cause: io::Error,
    },
    /// A file cannot be written.
    #[error(
        "cannot write `{path}`: {cause}; make room, or choose another target folder with \
         CARGO_TARGET_DIR"
    )]
    Write {
        /// The file.
        path: String,
        /// Why.
        #[source]
        cause: io::Error,
    },
}

impl BuildError {
    pub(super) fn read(path: &Path, cause: io::Error) -> Self {
        Self::Read { path: path.display().to_string(), cause }
    }

    pub(super) fn write(path: &Path, cause: io::Error) -> Self {
        Self::Write { path: path.display().to_string(), cause }
    }

    /// The stable code of the error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoManifest(_) => "build.no-manifest",
            Self::NotRust(_) => "build.not-rust",
            Self::Project { .. } => "build.project",
            Self::NoModule(_) => "build.no-module",
            Self::Compile { .. } => "build.compile",
            Self::Toolchain(error) => error.code(),
            Self::Bundle(error) => error.code(),
            Self::Read { .. } => "build.read",
            Self::Write { .. } => "build.write",
        }
    }
}
