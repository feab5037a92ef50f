//! Writing a bundle: the same files give the same bytes.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use tar::{Builder, EntryType, Header};

use super::limits::BUNDLE_BYTES_MAX;
use super::{Bundle, BundleError, names, open};

/// Packs the manifest, texts and scenarios of a plugin's folder together with its component.
///
/// # Errors
/// As [`Bundle::open`], since what is packed is read back; `bundle.read` where a file cannot be
/// read.
pub fn pack(dir: &Path, component: &[u8]) -> Result<(Vec<u8>, Bundle), BundleError> {
    let mut files = BTreeMap::new();
    for (name, path) in sources(dir)? {
        files.insert(name, read(&path)?);
    }
    files.insert(names::COMPONENT.to_owned(), component.to_vec());

    let bytes = write(&files)?;
    let bundle = Bundle::open(&bytes)?;
    Ok((bytes, bundle))
}

/// The files of a plugin's folder that go into its bundle.
pub(crate) fn sources(dir: &Path) -> Result<Vec<(String, PathBuf)>, BundleError> {
    let mut found = vec![(names::MANIFEST.to_owned(), dir.join(names::MANIFEST))];
    let extras = names::EXTRAS.iter().map(|name| ((*name).to_owned(), dir.join(name)));
    found.extend(extras.filter(|(_, path)| path.is_file()));

    for folder in names::FOLDERS {
        collect(&dir.join(folder), folder, &mut found)?;
    }

    found.sort();
    Ok(found)
}

fn collect(
    dir: &Path,
    prefix: &str,
    found: &mut Vec<(String, PathBuf)>,
) -> Result<(), BundleError> {
    if !dir.is_dir() {
        return Ok(());
    }

    for entry in fs::read_dir(dir).map_err(|cause| unreadable(dir, cause))? {
        let path = entry.map_err(|cause| unreadable(dir, cause))?.path();
        let Some(file) = path.file_name() else { continue };
        let name = format!("{prefix}/{}", file.to_string_lossy());
        // Editors and file managers leave hidden files; they are nobody's translation.
        if file.to_string_lossy().starts_with('.') {
            continue;
        }

        match path.is_dir() {
            true => collect(&path, &name, found)?,
            false if names::is_plain(&name) => found.push((name, path)),
            false => return Err(BundleError::EntryName(name)),
        }
    }
    Ok(())
}

fn read(path: &Path) -> Result<Vec<u8>, BundleError> {
    fs::read(path).map_err(|cause| unreadable(path, cause))
}

fn unreadable(path: &Path, cause: std::io::Error) -> BundleError {
    BundleError::Read { path: path.display().to_string(), cause }
}

fn write(files: &BTreeMap<String, Vec<u8>>) -> Result<Vec<u8>, BundleError> {
    let mut tar = Builder::new(Vec::new());
    for (name, contents) in files {
        open::cap(name, contents.len() as u64, open::max_bytes(name))?;
        tar.append_data(&mut header(contents.len()), name, contents.as_slice()).map_err(corrupt)?;
    }

    let bytes = tar.into_inner().map_err(corrupt)?;
    open::cap("the bundle", bytes.len() as u64, BUNDLE_BYTES_MAX)?;
    Ok(bytes)
}

/// Nothing of the machine or the hour gets into the bundle.
fn header(bytes: usize) -> Header {
    let mut header = Header::new_ustar();
    header.set_entry_type(EntryType::Regular);
    header.set_size(bytes as u64);
    header.set_mode(0o644);
    header.set_mtime(0);
    header.set_uid(0);
    header.set_gid(0);
    header
}

#[expect(clippy::needless_pass_by_value, reason = "map_err hands it over")]
fn corrupt(cause: std::io::Error) -> BundleError {
    BundleError::Corrupt(cause.to_string())
}
