//! Debian's compiler: the packages that browsers are built with, unpacked into the cache. Nothing
//! is installed.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use semver::Version;

use super::apt::{self, Apt};
use super::{ToolchainError, cache, rustup};
use crate::Progress;
use crate::process;

/// The compiler and the sources of `std`; everything else follows from their dependencies.
const ROOTS: [&str; 2] = ["rustc-web", "rust-web-src"];
/// The least version that compiles the SDK.
const RUST_MIN: &str = env!("CARGO_PKG_RUST_VERSION");
/// Written last, so that an interrupted unpacking is not taken for a compiler.
const COMPLETE: &str = ".complete";

/// The newest compiler in the cache.
pub(super) fn cached() -> Result<Option<PathBuf>, ToolchainError> {
    let folder = cache::folder()?;
    let entries = fs::read_dir(&folder).map_err(|cause| cache::unusable(&folder, cause))?;

    let complete = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.join(COMPLETE).is_file());
    let versions = complete.filter_map(|path| {
        Some((version(path.file_name()?.to_str()?.strip_prefix("rustc-web-")?)?, path))
    });

    Ok(versions.filter(|(version, _)| *version >= minimum()).max().map(|(_, path)| path))
}

/// Downloads and unpacks the compiler, or says why not.
pub(super) fn fetch(progress: &Progress<'_>) -> Result<PathBuf, String> {
    let folder = cache::folder().map_err(|error| error.to_string())?;
    if !is_open() {
        return Err("this system has no apt".into());
    }

    // Another process may have fetched it while this one waited for the lock.
    if let Some(root) = cached().map_err(|error| error.to_string())? {
        return Ok(root);
    }

    match fetch_with(&Apt::system(), &folder, progress) {
        Ok(root) => Ok(root),
        Err(reason) => {
            progress(&format!("the system's list of packages is no help ({reason})"));
            fetch_with(&Apt::updated(&folder.join("apt"), progress)?, &folder, progress)
        }
    }
}

fn fetch_with(apt: &Apt, folder: &Path, progress: &Progress<'_>) -> Result<PathBuf, String> {
    let candidate = apt.candidate("rustc-web").ok_or("there is no package rustc-web")?;
    if version(&candidate).is_none_or(|version| version < minimum()) {
        return Err(format!("rustc-web is {candidate}, older than {RUST_MIN}"));
    }

    let work = folder.join("unpacking");
    clear(&work)?;
    let (debs, root) = (work.join("debs"), work.join("root"));
    for dir in [&debs, &root] {
        fs::create_dir_all(dir)
            .map_err(|cause| format!("cannot make {}: {cause}", dir.display()))?;
    }

    let packages = packages(apt);
    progress(&format!(
        "downloading Debian's Rust {candidate} ({} packages, about 140 MB)",
        packages.len()
    ));
    apt.download(&packages, &debs, progress)?;

    progress("unpacking it");
    for deb in fs::read_dir(&debs).map_err(|cause| cause.to_string())? {
        apt::unpack(&deb.map_err(|cause| cause.to_string())?.path(), &root, progress)?;
    }

    // It is tried before it moves to its place in the cache, where every later build would find a
    // compiler that lacks a library.
    must_run(&root)?;
    let done = folder.join(format!("rustc-web-{candidate}"));
    clear(&done)?;
    fs::write(root.join(COMPLETE), b"")
        .and_then(|()| fs::rename(&root, &done))
        .map_err(|cause| cause.to_string())?;

    clear(&work)?;
    Ok(done)
}

/// The roots and every library they need that the system does not have. The system's C compiler is
/// not needed: nothing is linked for it.
fn packages(apt: &Apt) -> Vec<String> {
    let mut packages: Vec<String> = ROOTS.map(str::to_owned).to_vec();
    let mut next = 0;

    while let Some(package) = packages.get(next).cloned() {
        for dependency in apt.depends(&package) {
            let library = dependency.starts_with("lib")
                && (dependency.starts_with("libstd-rust") || !dependency.ends_with("-dev"));
            if library && !packages.contains(&dependency) && !apt::is_installed(&dependency) {
                packages.push(dependency);
            }
        }
        next += 1;
    }

    packages
}

fn clear(path: &Path) -> Result<(), String> {
    match path.exists() {
        true => fs::remove_dir_all(path)
            .map_err(|cause| format!("cannot remove {}: {cause}", path.display())),
        false => Ok(()),
    }
}

fn must_run(root: &Path) -> Result<(), String> {
    let mut rustc = Command::new(root.join("usr/bin/rustc"));
    let version = process::output(rustc.arg("-vV").env("LD_LIBRARY_PATH", libraries(root)));
    version
        .map(drop)
        .ok_or_else(|| "the unpacked rustc does not run; a shared library is missing".into())
}

/// Where the unpacked libraries are, for the loader.
pub(super) fn libraries(root: &Path) -> OsString {
    let lib = root.join("usr/lib");
    let entries =
        fs::read_dir(&lib).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path()));
    let folders = entries.filter(|path| path.to_string_lossy().contains("-linux-gnu"));
    std::env::join_paths(folders.chain([lib])).unwrap_or_default()
}

/// The linker for WebAssembly: Debian's compiler brings none, so it is the active toolchain's or
/// the system's.
pub(super) fn linker(dir: &Path) -> Result<PathBuf, ToolchainError> {
    rustup::linker(dir).or_else(|| in_path("wasm-ld")).ok_or(ToolchainError::NoLinker)
}

/// Whether this is a system with apt.
pub(super) fn is_open() -> bool {
    in_path("apt-get").is_some()
}

fn in_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|dir| dir.join(program)).find(|candidate| candidate.is_file())
}

/// `1.96.0+dfsg1-1~deb12u2` is 1.96.0.
fn version(text: &str) -> Option<Version> {
    let end = text
        .find(|character: char| !character.is_ascii_digit() && character != '.')
        .unwrap_or(text.len());

    let numbers = text.get(..end)?;
    Version::parse(numbers).or_else(|_| Version::parse(&format!("{numbers}.0"))).ok()
}

fn minimum() -> Version {
    version(RUST_MIN).unwrap_or(Version::new(1, 95, 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debians_versions_are_compared_by_their_numbers() {
        assert_eq!(version("1.96.0+dfsg1-1~deb12u2"), Some(Version::new(1, 96, 0)));
        assert_eq!(version("1.95"), Some(Version::new(1, 95, 0)));
        assert_eq!(version("unknown"), None);
        assert!(version("1.85.0+dfsg3-1") < Some(minimum()));
    }
}
