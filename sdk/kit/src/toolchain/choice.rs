//! Which toolchain it is, and how cargo is called with it.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::{Lock, ToolchainError, cache, debian, rustup};
use crate::Progress;

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
            return Self::debian(root, dir);
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
                Ok(root) => return Self::debian(root, dir),
                Err(reason) => reason,
            },
            false => "not tried".into(),
        };

        Err(ToolchainError::NoRoute { rustup, debian })
    }

    /// Debian's compiler in `root`, with the linker of the active toolchain.
    fn debian(root: PathBuf, dir: &Path) -> Result<Self, ToolchainError> {
        Ok(Self::Debian { root, linker: debian::linker(dir)? })
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
