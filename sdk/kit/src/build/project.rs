//! Which cargo workspace a plugin belongs to and where its products go.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde::Deserialize;

use super::environment::clean_cargo;
use super::{BuildError, Options};
use crate::Manifest;
use crate::bundle::BundleError;
use crate::process::{self, ProcessError};
use crate::toolchain::ToolchainError;

/// cargo reads a few files here and asks no network.
const PATIENCE: Duration = Duration::from_secs(60);

/// A cargo workspace with plugins to build.
#[derive(Debug)]
pub(super) struct Project {
    pub(super) root: PathBuf,
    pub(super) target: PathBuf,
    pub(super) plugins: Vec<Plugin>,
}

/// One plugin.
#[derive(Debug)]
pub(super) struct Plugin {
    pub(super) dir: PathBuf,
    pub(super) package: String,
    /// The bundle to make.
    pub(super) bundle: PathBuf,
}

impl Plugin {
    pub(super) fn is_at(&self, dir: &Path) -> bool {
        dir.canonicalize().is_ok_and(|dir| dir == self.dir)
    }

    /// Beside the bundle, what it was made of.
    pub(super) fn stamp(&self) -> PathBuf {
        self.bundle.with_extension("stamp")
    }
}

/// `cargo metadata`, as far as it is needed.
#[derive(Deserialize)]
struct Metadata {
    workspace_root: PathBuf,
    target_directory: PathBuf,
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    manifest_path: PathBuf,
    targets: Vec<Target>,
}

#[derive(Deserialize)]
struct Target {
    crate_types: Vec<String>,
}

/// The workspaces of the folders. cargo is asked once for each workspace and not once for each
/// plugin.
pub(super) fn locate(dirs: &[&Path], options: &Options) -> Result<Vec<Project>, BuildError> {
    let mut known: Vec<(Metadata, Project)> = Vec::new();
    for dir in dirs {
        let dir = dir.canonicalize().map_err(|cause| BuildError::read(dir, cause))?;
        let manifest = manifest(&dir)?;

        let index = match known.iter().position(|(metadata, _)| metadata.package(&dir).is_some()) {
            Some(index) => index,
            None => {
                let metadata = metadata(&dir)?;
                let project = project(&metadata, options);
                known.push((metadata, project));
                known.len() - 1
            }
        };

        if let Some((metadata, project)) = known.get_mut(index)
            && !project.plugins.iter().any(|plugin| plugin.dir == dir)
        {
            let plugin = plugin(metadata, project, dir, &manifest)?;
            project.plugins.push(plugin);
        }
    }

    Ok(known.into_iter().map(|(_, project)| project).collect())
}

fn manifest(dir: &Path) -> Result<Manifest, BuildError> {
    let path = dir.join("plugin.toml");
    if !path.is_file() {
        return Err(BuildError::NoManifest(dir.display().to_string()));
    }

    let bytes = fs::read(&path).map_err(|cause| BuildError::read(&path, cause))?;
    Ok(Manifest::parse(&bytes).map_err(BundleError::from)?)
}

fn metadata(dir: &Path) -> Result<Metadata, BuildError> {
    let path = dir.join("Cargo.toml");
    if !path.is_file() {
        return Err(BuildError::NotRust(dir.display().to_string()));
    }

    let failed = |said| BuildError::Project { dir: dir.display().to_string(), said };
    let mut cargo = clean_cargo(dir);
    let cargo: &mut Command =
        cargo.args(["metadata", "--format-version", "1", "--no-deps", "--manifest-path"]).arg(path);

    let ended = process::run(cargo, PATIENCE, &|_| {}).map_err(|error| match error {
        ProcessError::Start(..) => BuildError::Toolchain(ToolchainError::NoRust),
        ProcessError::Timeout(..) => failed(error.to_string()),
    })?;
    if !ended.success {
        return Err(failed(ended.tail));
    }

    serde_json::from_str(&ended.stdout).map_err(|cause| failed(cause.to_string()))
}

impl Metadata {
    fn package(&self, dir: &Path) -> Option<&Package> {
        self.packages.iter().find(|package| package.manifest_path.parent() == Some(dir))
    }
}

fn project(metadata: &Metadata, options: &Options) -> Project {
    Project {
        root: metadata.workspace_root.clone(),
        target: options
            .target_dir
            .clone()
            .unwrap_or_else(|| metadata.target_directory.join("plugins")),
        plugins: Vec::new(),
    }
}

fn plugin(
    metadata: &Metadata,
    project: &Project,
    dir: PathBuf,
    manifest: &Manifest,
) -> Result<Plugin, BuildError> {
    let no_module = || BuildError::NoModule(dir.display().to_string());
    let package = metadata.package(&dir).ok_or_else(no_module)?;
    let is_module = |target: &Target| target.crate_types.iter().any(|kind| kind == "cdylib");

    match package.targets.iter().any(is_module) {
        true => Ok(Plugin {
            bundle: project.target.join("bundles").join(manifest.file_name()),
            package: package.name.clone(),
            dir,
        }),
        false => Err(no_module()),
    }
}
