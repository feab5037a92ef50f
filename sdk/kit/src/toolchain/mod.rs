//! A way to compile Rust for `wasm32-unknown-unknown`.
//!
//! First the target of the active toolchain; else rustup adds it; else Debian's packages of the
//! compiler that browsers are built with, unpacked into a cache folder. Those carry the sources of
//! `std`, which is then built along.

mod apt;
mod cache;
mod debian;
mod rustup;

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Progress;

pub(crate) use cache::Lock;

/// The target that plugins are compiled for.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// A way to get a toolchain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route {
    /// The target is there.
    Installed,
    /// rustup adds it.
    Rustup,
    /// Debian's packages.
    Debian,
}

/// How to call cargo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Toolchain {
    /// As it is.
    Active,
    /// With Debian's compiler, building `std` along.
    Debian {
        /// Where the packages are unpacked.
        root: PathBuf,
        /// The linker.
        linker: PathBuf,
    },
}

/// Why there is no toolchain. Every message says what to do next.
#[derive(Debug, thiserror::Error)]
pub enum ToolchainError {
    /// There is no Rust at all.
    #[error(
        "`cargo` or `rustc` cannot be run; install Rust with rustup or your distribution's \
         packages and make sure it is in PATH"
    )]
    NoRust,
    /// No way was open.
    #[error(
        "cannot compile for {TARGET}: rustup: {rustup}; Debian's packages: {debian}. Run `rustup \
         target add {TARGET}` where the \
         network allows it, or use a machine with apt"
    )]
    NoRoute {
        /// What rustup said.
        rustup: String,
        /// What apt said.
        debian: String,
    },
    /// No linker for WebAssembly.
    #[error(
        "the active toolchain has no rust-lld and there is no wasm-ld in PATH; install the \
         package `lld`"
    )]
    NoLinker,
    /// The cache folder cannot be used.
    #[error(
        "cannot use the cache folder `{path}`: {cause}; set XDG_CACHE_HOME to a folder that may \
         be written"
    )]
    Cache {
        /// The folder.
        path: String,
        /// Why.
        #[source]
        cause: std::io::Error,
    },
}

impl ToolchainError {
    /// The stable code of the error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoRust => "toolchain.no-rust",
            Self::NoRoute { .. } => "toolchain.no-route",
            Self::NoLinker => "toolchain.no-linker",
            Self::Cache { .. } => "toolchain.cache",
        }
    }
}

impl Toolchain {
    /// Finds or fetches a toolchain for the project in `dir`. With `route`, only that way is tried.
    ///
    /// # Errors
    /// What was tried, and what to do.
    pub fn find(
        dir: &Path,
        route: Option<Route>,
        progress: &Progress<'_>,
    ) -> Result<Self, ToolchainError> {
        let wanted = |candidate| route.is_none_or(|route| route == candidate);
        if wanted(Route::Installed) && rustup::has_target(dir)? {
            return Ok(Self::Active);
        }

        // The target may come and go, so that a cached compiler is second best; but it beats asking
        // the network again.
        if wanted(Route::Debian)
            && let Some(root) = debian::cached()?
        {
            return debian::toolchain(root, dir);
        }

        let _lock = Lock::take(&cache::folder()?, "toolchain", progress)?;
        let rustup = match wanted(Route::Rustup) {
            true => match rustup::add_target(
                dir,
                !wanted(Route::Debian) || !debian::is_open(),
                progress,
            ) {
                Ok(()) => return Ok(Self::Active),
                Err(reason) => reason,
            },
            false => "not tried".into(),
        };

        let debian = match wanted(Route::Debian) {
            true => match debian::fetch(progress) {
                Ok(root) => return debian::toolchain(root, dir),
                Err(reason) => reason,
            },
            false => "not tried".into(),
        };

        Err(ToolchainError::NoRoute { rustup, debian })
    }

    /// Makes a cargo command use this toolchain.
    pub(crate) fn apply(&self, cargo: &mut Command) {
        if let Self::Debian { root, linker } = self {
            cargo
                .arg("-Zbuild-std=std,panic_abort")
                .env("RUSTC", root.join("usr/bin/rustc"))
                // Building `std` along is a nightly feature of cargo and rustc; this is the switch
                // for their own build.
                .env("RUSTC_BOOTSTRAP", "1")
                .env("LD_LIBRARY_PATH", debian::libraries(root))
                .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
        }
    }
}
