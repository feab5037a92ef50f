//! cargo in a clean environment.

use std::env;
use std::path::Path;
use std::process::Command;

/// Variables that would make a guest differ from one machine to the next, or that speak of the
/// program that calls us.
const FOREIGN: [&str; 7] = [
    "RUSTFLAGS",
    "CARGO_ENCODED_RUSTFLAGS",
    "CARGO_BUILD_TARGET",
    "CARGO_BUILD_RUSTFLAGS",
    "RUSTC",
    "RUSTC_WRAPPER",
    "RUSTC_WORKSPACE_WRAPPER",
];

/// cargo in a folder, in a clean environment.
pub(super) fn clean_cargo(dir: &Path) -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(dir);
    for name in FOREIGN {
        cargo.env_remove(name);
    }
    cargo
}
