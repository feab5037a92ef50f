//! Calling cargo for the guests.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

use super::BuildError;
use super::environment::clean_cargo;
use super::project::{Plugin, Project};
use crate::Progress;
use crate::process;
use crate::toolchain::{TARGET, Toolchain};

/// How long cargo may be silent. One crate with link-time optimisation takes seconds, on a busy
/// machine minutes.
const PATIENCE: Duration = Duration::from_secs(900);

/// Small and fast to instantiate. Given on the command line, so that a plugin's own folder need not
/// know them.
pub(super) const PROFILE: [&str; 6] = [
    "profile.release.opt-level=\"s\"",
    "profile.release.lto=true",
    "profile.release.codegen-units=1",
    "profile.release.panic=\"abort\"",
    "profile.release.strip=true",
    "profile.release.debug=false",
];

/// One line of cargo's answers.
#[derive(Deserialize)]
struct Message {
    reason: String,
    #[serde(default)]
    manifest_path: PathBuf,
    #[serde(default)]
    filenames: Vec<PathBuf>,
}

/// Builds the modules of the plugins, in their order.
pub(super) fn build(
    project: &Project,
    plugins: &[&Plugin],
    toolchain: &Toolchain,
    progress: &Progress<'_>,
) -> Result<Vec<PathBuf>, BuildError> {
    let packages =
        plugins.iter().map(|plugin| plugin.package.as_str()).collect::<Vec<_>>().join(", ");
    progress(&format!("compiling {packages}"));

    let mut cargo = clean_cargo(&project.root);
    cargo.args([
        "build",
        "--release",
        "--lib",
        "--target",
        TARGET,
        "--message-format",
        "json-render-diagnostics",
    ]);
    cargo.arg("--target-dir").arg(&project.target);

    for plugin in plugins {
        cargo.args(["--package", &plugin.package]);
    }
    for setting in PROFILE {
        cargo.args(["--config", setting]);
    }
    cargo.args(["--config", &remapped(toolchain)]);
    toolchain.apply(&mut cargo);

    let failed = |said| BuildError::Compile { packages: packages.clone(), said };
    let ended =
        process::run(&mut cargo, PATIENCE, progress).map_err(|error| failed(error.to_string()))?;
    if !ended.success {
        return Err(failed(ended.tail));
    }

    let messages: Vec<Message> =
        ended.stdout.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    plugins.iter().map(|plugin| module(&messages, plugin)).collect()
}

fn module(messages: &[Message], plugin: &Plugin) -> Result<PathBuf, BuildError> {
    let own = |message: &&Message| {
        message.reason == "compiler-artifact" && message.manifest_path.parent() == Some(&plugin.dir)
    };
    let files = messages.iter().filter(own).flat_map(|message| &message.filenames);
    let mut modules =
        files.filter(|file| file.extension().is_some_and(|extension| extension == "wasm"));
    modules.next().cloned().ok_or_else(|| BuildError::NoModule(plugin.dir.display().to_string()))
}

/// Panic messages name files; these must not name a user's home, and the same sources must give the
/// same module everywhere.
fn remapped(toolchain: &Toolchain) -> String {
    let mut flags: Vec<String> = registries().iter().map(|path| remap(path, "crates")).collect();
    if let Toolchain::Debian { root, .. } = toolchain {
        flags.push(remap(root, "rust"));
    }
    format!("target.{TARGET}.rustflags={}", serde_json::json!(flags))
}

fn remap(path: &Path, name: &str) -> String {
    format!("--remap-path-prefix={}={name}", path.display())
}

fn registries() -> Vec<PathBuf> {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(PathBuf::from(env::var_os("HOME")?).join(".cargo")));
    let entries = home.and_then(|home| fs::read_dir(home.join("registry/src")).ok());
    let mut paths: Vec<PathBuf> =
        entries.into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    paths
}
