//! Where the built things are. A test of one package cannot make cargo build another one, so that
//! what is missing is said clearly.

use std::path::{Path, PathBuf};

use anyhow::ensure;

/// The folder of this build: tests lie in its `deps`.
fn target() -> PathBuf {
    let test = std::env::current_exe().unwrap_or_default();
    let beside = |path: &Path| {
        path.ancestors()
            .find(|dir| dir.ends_with("release") || dir.ends_with("debug"))
            .map(Path::to_owned)
    };
    beside(&test).unwrap_or_else(|| root().join("target/release"))
}

/// The repository.
#[must_use]
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_owned).unwrap_or_default()
}

/// The real server.
///
/// # Errors
/// Where it has not been built.
pub fn server() -> anyhow::Result<PathBuf> {
    built("stagewright", "cargo build --release -p stagewright")
}

/// The preload shim.
///
/// # Errors
/// Where it has not been built.
pub fn shim() -> anyhow::Result<PathBuf> {
    built("libstagewright_powercut.so", "cargo build --release -p stagewright-powercut")
}

/// A binary of this package.
///
/// # Errors
/// Where it has not been built.
pub fn own(name: &str) -> anyhow::Result<PathBuf> {
    built(name, "cargo build --release -p stagewright-tests")
}

fn built(name: &str, command: &str) -> anyhow::Result<PathBuf> {
    let path = target().join(name);
    ensure!(path.exists(), "{} is missing; build it first: {command}", path.display());
    Ok(path)
}
