//! Whether a bundle is still what its sources would give.
//!
//! The stamp lists every file that the compiler read and a hash over their contents. Times are not
//! trusted: a fresh clone has all of them new. The compiler is not part of it: a newer one is no
//! reason to change what was tested.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use sha2::{Digest, Sha256};

use super::project::{Plugin, Project};
use super::replace::replace;
use super::{BuildError, cargo};
use crate::bundle::pack::sources;

/// Whether the bundle is there and nothing that it was made of has changed.
pub(super) fn is_fresh(project: &Project, plugin: &Plugin) -> bool {
    let Ok(stamp) = fs::read_to_string(plugin.stamp()) else { return false };
    let Some((recorded, list)) = stamp.split_once('\n') else { return false };
    let inputs = list.lines().map(|line| project.root.join(line)).collect();

    plugin.bundle.is_file()
        && digest(project, plugin, &inputs).is_some_and(|digest| digest == recorded)
}

/// When a build starts, by the clock of the file system that the sources' times come from.
pub(super) fn start(project: &Project) -> Result<SystemTime, BuildError> {
    let marker = project.target.join("started");
    let time = fs::write(&marker, b"").and_then(|()| fs::metadata(&marker)?.modified());
    time.map_err(|cause| BuildError::write(&marker, cause))
}

/// Records what the bundle was made of; not where a source was saved while it was built, since
/// nobody knows which of both is in it.
pub(super) fn write(
    project: &Project,
    plugin: &Plugin,
    module: &Path,
    started: SystemTime,
) -> Result<(), BuildError> {
    let inputs = inputs(project, module)?;

    let modified = |path: &PathBuf| fs::metadata(path).and_then(|metadata| metadata.modified());
    if inputs.iter().any(|path| modified(path).is_ok_and(|time| time > started)) {
        return Ok(());
    }

    let relative =
        |path: &PathBuf| path.strip_prefix(&project.root).unwrap_or(path).display().to_string();
    let list: Vec<String> = inputs.iter().map(relative).collect();
    let digest = digest(project, plugin, &inputs).unwrap_or_default();
    replace(&plugin.stamp(), format!("{digest}\n{}\n", list.join("\n")).as_bytes())
}

/// What the compiler read, by the list that cargo leaves beside the module, and the manifests of
/// those crates.
fn inputs(project: &Project, module: &Path) -> Result<BTreeSet<PathBuf>, BuildError> {
    let list = module.with_extension("d");
    let text = fs::read_to_string(&list).map_err(|cause| BuildError::read(&list, cause))?;

    let files: Vec<PathBuf> = text
        .lines()
        .filter_map(|line| line.split_once(": "))
        .flat_map(|(_, files)| split(files))
        .collect();

    let manifests = files.iter().filter_map(|file| manifest_of(file));
    let mut inputs: BTreeSet<PathBuf> = files.iter().cloned().chain(manifests).collect();
    inputs.extend(
        ["Cargo.toml", "Cargo.lock"]
            .map(|name| project.root.join(name))
            .into_iter()
            .filter(|path| path.is_file()),
    );
    Ok(inputs)
}

/// Spaces in names are escaped as make wants it.
fn split(files: &str) -> Vec<PathBuf> {
    let marked = files.replace("\\ ", "\0");
    marked.split_whitespace().map(|file| PathBuf::from(file.replace('\0', " "))).collect()
}

fn manifest_of(file: &Path) -> Option<PathBuf> {
    file.ancestors().skip(1).map(|dir| dir.join("Cargo.toml")).find(|path| path.is_file())
}

/// Nothing where a file has gone.
fn digest(project: &Project, plugin: &Plugin, inputs: &BTreeSet<PathBuf>) -> Option<String> {
    let mut hash = Sha256::new();
    // Another kit or another profile makes another module of the same sources.
    hash.update(env!("CARGO_PKG_VERSION"));
    hash.update(cargo::PROFILE.join("\n"));

    let texts = sources(&plugin.dir).ok()?.into_iter().map(|(_, path)| path);
    for path in inputs.iter().cloned().chain(texts) {
        let name = path.strip_prefix(&project.root).unwrap_or(&path).to_owned();
        let contents = fs::read(&path).ok()?;
        // Names and lengths are hashed as well, so that bytes that move from one file to the next
        // change the hash.
        hash.update(name.as_os_str().as_encoded_bytes());
        hash.update([0]);
        hash.update(contents.len().to_le_bytes());
        hash.update(&contents);
    }

    Some(hex::encode(hash.finalize()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_spaces_stay_whole() {
        let expected = ["src/lib.rs", "wit/my world.wit"].map(PathBuf::from);

        assert_eq!(split("src/lib.rs wit/my\\ world.wit"), expected);
    }

    #[test]
    fn a_source_belongs_to_the_nearest_manifest() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"));

        assert_eq!(
            manifest_of(&folder.join("src/build/stamp.rs")),
            Some(folder.join("Cargo.toml"))
        );
    }
}
