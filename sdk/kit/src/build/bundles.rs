//! From plugins' folders to their bundles, step by step.

use std::fs;
use std::path::{Path, PathBuf};

use super::lock_file::LockFile;
use super::project::{self, Plugin, Project};
use super::replace::replace;
use super::{BuildError, Options, cargo, stamp};
use crate::bundle::{self, Bundle};
use crate::check::check;
use crate::component;
use crate::toolchain::{Lock, Toolchain};
use crate::{Manifest, Progress};

/// Builds the plugin in `dir` and gives back the path of its bundle. What has not changed is not
/// built again.
///
/// # Errors
/// What went wrong, and what to do.
pub fn build(dir: &Path, progress: &Progress<'_>) -> Result<PathBuf, BuildError> {
    let bundles = build_with(&[dir], &Options::default(), progress)?;
    bundles.into_iter().next().ok_or_else(|| BuildError::NoManifest(dir.display().to_string()))
}

/// Builds several plugins, those of one workspace together, and gives back the paths of their
/// bundles in the same order.
///
/// # Errors
/// As [`build`].
pub fn build_all(dirs: &[&Path], progress: &Progress<'_>) -> Result<Vec<PathBuf>, BuildError> {
    build_with(dirs, &Options::default(), progress)
}

/// As [`build_all`], with choices.
///
/// # Errors
/// As [`build`].
pub fn build_with(
    dirs: &[&Path],
    options: &Options,
    progress: &Progress<'_>,
) -> Result<Vec<PathBuf>, BuildError> {
    let projects = project::locate(dirs, options)?;
    for project in &projects {
        build_project(project, options, progress)?;
    }

    let plugins = || projects.iter().flat_map(|project| &project.plugins);
    let bundle = |dir: &&Path| {
        plugins().find(|plugin| plugin.is_at(dir)).map(|plugin| plugin.bundle.clone())
    };
    Ok(dirs.iter().filter_map(bundle).collect())
}

fn build_project(
    project: &Project,
    options: &Options,
    progress: &Progress<'_>,
) -> Result<(), BuildError> {
    if stale(project).is_empty() {
        return Ok(());
    }

    let bundles = project.target.join("bundles");
    fs::create_dir_all(&bundles).map_err(|cause| BuildError::write(&bundles, cause))?;
    let _lock = Lock::take(&project.target, "build", progress)?;

    // Another process may have built them while this one waited.
    let stale = stale(project);
    let Some(first) = stale.first() else { return Ok(()) };

    let started = stamp::start(project)?;
    let toolchain = Toolchain::find(&first.dir, options.route, progress)?;

    let lock_file = LockFile::read(&project.root);
    let modules = cargo::build(project, &stale, &toolchain, progress);
    // The file is put back before the modules are looked at: a build that failed has to leave it as
    // it was, too.
    lock_file.map_or(Ok(()), |before| before.put_back())?;
    let modules = modules?;

    for (plugin, module) in stale.iter().zip(modules) {
        // The stamp is last, so that an interrupted build is done again.
        finish(plugin, &module, progress)?;
        stamp::write(project, plugin, &module, started)?;
    }
    Ok(())
}

fn stale(project: &Project) -> Vec<&Plugin> {
    project.plugins.iter().filter(|plugin| !stamp::is_fresh(project, plugin)).collect()
}

/// Wraps, packs, checks and stores one plugin.
fn finish(plugin: &Plugin, module: &Path, progress: &Progress<'_>) -> Result<(), BuildError> {
    let core = fs::read(module).map_err(|cause| BuildError::read(module, cause))?;
    let component = component::encode(&core).map_err(bundle::BundleError::from)?;
    let (bytes, bundle) = bundle::pack(&plugin.dir, &component)?;

    for finding in check(&bundle).into_result().map_err(bundle::BundleError::from)?.findings {
        progress(&format!("warning: {}: {}", plugin.package, finding.problem));
    }

    replace(&plugin.bundle, &bytes)?;
    progress(&format!("built {} ({} KiB)", describe(&bundle), bytes.len() / 1024));
    Ok(())
}

fn describe(bundle: &Bundle) -> String {
    let Manifest { plugin, .. } = bundle.manifest();
    format!("{} {}", plugin.id, plugin.version)
}
