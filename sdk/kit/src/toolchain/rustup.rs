//! The active toolchain and rustup. All is asked in the project's folder, since a
//! `rust-toolchain.toml` there decides.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::{TARGET, ToolchainError};
use crate::Progress;
use crate::process;

/// rustup fails at once without a network; a network that swallows packets would keep it waiting.
/// Where there is another way, that is not worth much patience; where there is none, a slow network
/// must be enough.
const PATIENCE: Duration = Duration::from_secs(20);
const PATIENCE_AS_LAST_RESORT: Duration = Duration::from_secs(300);

fn rustc(dir: &Path) -> Command {
    let mut command = Command::new("rustc");
    command.current_dir(dir);
    command
}

/// Whether the active toolchain has the target's standard library.
pub(super) fn has_target(dir: &Path) -> Result<bool, ToolchainError> {
    let libraries =
        process::output(rustc(dir).args(["--print", "target-libdir", "--target", TARGET]));

    // The folder alone is no proof: an interrupted or removed target leaves it empty.
    let files =
        fs::read_dir(libraries.ok_or(ToolchainError::NoRust)?).into_iter().flatten().flatten();
    Ok(files.into_iter().any(|file| file.file_name().to_string_lossy().starts_with("libstd-")))
}

/// `rustc -vV`.
pub(super) fn version(dir: &Path) -> Option<String> {
    process::output(rustc(dir).arg("-vV"))
}

/// The linker for WebAssembly that comes with the toolchain.
pub(super) fn linker(dir: &Path) -> Option<PathBuf> {
    let sysroot = PathBuf::from(process::output(rustc(dir).args(["--print", "sysroot"]))?);
    let version = version(dir)?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "))?;

    let linker = sysroot.join("lib/rustlib").join(host).join("bin/rust-lld");
    linker.is_file().then_some(linker)
}

/// Adds the target, or says why not.
pub(super) fn add_target(
    dir: &Path,
    last_resort: bool,
    progress: &Progress<'_>,
) -> Result<(), String> {
    progress(&format!("adding {TARGET} with rustup"));
    let patience = if last_resort { PATIENCE_AS_LAST_RESORT } else { PATIENCE };

    let mut rustup = Command::new("rustup");
    // With backtraces the last line would be an address and not the reason.
    rustup.args(["target", "add", TARGET]).current_dir(dir).env_remove("RUST_BACKTRACE");
    let ended = process::run(&mut rustup, patience, progress).map_err(|error| error.to_string())?;

    match ended.success {
        true => Ok(()),
        false => Err(reason(&ended.tail)),
    }
}

/// The start of rustup's own words; the rest is addresses.
fn reason(said: &str) -> String {
    let error = said.lines().find_map(|line| line.strip_prefix("error: "));
    error
        .or_else(|| said.lines().last())
        .unwrap_or("it failed without a word")
        .chars()
        .take(160)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reason_is_the_line_that_names_an_error() {
        assert_eq!(reason("info: downloading\nerror: no network\nnote: try again"), "no network");
        assert_eq!(reason("it broke"), "it broke");
        assert_eq!(reason(""), "it failed without a word");
    }
}
