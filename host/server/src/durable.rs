//! Files and folders that survive a power cut by their names as well: a file that was synced is
//! lost all the same where the folder it was made in was not.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// Makes a folder with those above it, and makes its name durable. One that is there is synced too:
/// the start that made it may have ended before it did.
///
/// # Errors
/// What the system says.
pub fn make_folder(path: &Path) -> io::Result<()> {
    let above = above(path);

    if !path.is_dir() {
        if !above.is_dir() {
            make_folder(above)?;
        }
        match fs::create_dir(path) {
            // Another process may have been faster; a file in the way stays in the way.
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists || !path.is_dir() => {
                return Err(error);
            }
            _ => {}
        }
    }

    sync_name(path)
}

/// Writes a file that only this user can read, whole or not at all; one that is there already is
/// not touched.
///
/// # Errors
/// What the system says; [`io::ErrorKind::AlreadyExists`] where the file is there.
pub fn write_new_private(path: &Path, text: &str) -> io::Result<()> {
    let unfinished = unfinished(path);
    write_private(&unfinished, text)?;
    // A second name, unlike a new name, never takes the place of a file that is there.
    fs::hard_link(&unfinished, path)?;
    fs::remove_file(&unfinished)?;
    sync_name(path)
}

/// Writes a file that only this user can read, in place of one that may be there.
///
/// # Errors
/// What the system says.
pub fn write_private(path: &Path, text: &str) -> io::Result<()> {
    // Made anew, since the mode of a file that is there stays as it is.
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }

    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    sync_name(path)
}

/// The name that a file has until it is finished.
pub fn unfinished(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".unfinished");
    name.into()
}

/// Makes the name of a file or folder durable.
///
/// # Errors
/// What the system says.
pub fn sync_name(path: &Path) -> io::Result<()> {
    File::open(above(path))?.sync_all()
}

/// The folder that a path's last name is in.
fn above(path: &Path) -> &Path {
    match path.parent() {
        Some(above) if !above.as_os_str().is_empty() => above,
        _ => Path::new("."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_private_file_is_whole_and_never_replaced() {
        let dir = std::env::temp_dir().join(format!("stagewright-durable-{}", std::process::id()));
        make_folder(&dir.join("a/b")).unwrap();
        let path = dir.join("a/b/secret");
        // What a start that was killed has left.
        fs::write(unfinished(&path), "half").unwrap();

        write_new_private(&path, "first").unwrap();
        let again = write_new_private(&path, "second");

        assert_eq!(again.map_err(|error| error.kind()), Err(io::ErrorKind::AlreadyExists));
        assert_eq!(fs::read_to_string(&path).unwrap(), "first");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        fs::remove_dir_all(&dir).unwrap();
    }
}
