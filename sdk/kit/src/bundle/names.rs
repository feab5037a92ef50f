//! Which files a bundle may hold.

use super::limits::NAME_BYTES_MAX;

pub(crate) const MANIFEST: &str = "plugin.toml";
pub(crate) const COMPONENT: &str = "plugin.wasm";
/// Not covered by the content hash, since it signs it.
pub(crate) const SIGNATURE: &str = "SIGNATURE";
/// Optional files.
pub(crate) const EXTRAS: [&str; 2] = ["README.md", "icon.svg"];
/// Optional folders.
pub(crate) const FOLDERS: [&str; 2] = ["locales", "scenarios"];

/// Relative, plain and the same on every file system.
pub(crate) fn is_plain(name: &str) -> bool {
    let ordinary = |character: char| character.is_ascii_alphanumeric() || "._-".contains(character);
    let segment =
        |part: &str| !part.is_empty() && !part.starts_with('.') && part.chars().all(ordinary);
    name.len() <= NAME_BYTES_MAX && name.split('/').all(segment)
}

/// Whether a bundle has a place for the file.
pub(crate) fn is_known(name: &str) -> bool {
    let folder = name.split_once('/').map(|(folder, _)| folder);
    [MANIFEST, COMPONENT, SIGNATURE].contains(&name)
        || EXTRAS.contains(&name)
        || folder.is_some_and(|folder| FOLDERS.contains(&folder))
}
