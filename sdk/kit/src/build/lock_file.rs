//! Leaves `Cargo.lock` as it was where a build has only added a plugin's own entry.
//!
//! cargo writes down every crate of a workspace. For a plugin whose dependencies are all there
//! already, that entry says nothing which its own `Cargo.toml` does not say, and a new plugin shall
//! not change a file outside its folder. Where more has changed, such as a crate that nobody needed
//! before, the file stays as cargo wrote it: it pins what was built.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use toml::{Table, Value};

use super::BuildError;
use super::replace::replace;

/// `Cargo.lock` before a build.
#[derive(Debug)]
pub(super) struct LockFile {
    path: PathBuf,
    text: String,
    /// cargo and the stamps ask how old it is.
    modified: SystemTime,
}

impl LockFile {
    /// The file of the workspace in `root`; nothing where there is none yet.
    pub(super) fn read(root: &Path) -> Option<Self> {
        let path = root.join("Cargo.lock");
        let modified = fs::metadata(&path).and_then(|metadata| metadata.modified()).ok()?;
        Some(Self { text: fs::read_to_string(&path).ok()?, path, modified })
    }

    /// Puts the file back where the build has only added workspace members to it.
    pub(super) fn put_back(&self) -> Result<(), BuildError> {
        let now =
            fs::read_to_string(&self.path).map_err(|cause| BuildError::read(&self.path, cause))?;
        if now == self.text || !only_members_added(&self.text, &now) {
            return Ok(());
        }

        replace(&self.path, self.text.as_bytes())?;
        // Written anew, the file would look younger than the start of the build, and no stamp would
        // be written (`stamp::write`).
        let dated = File::options()
            .write(true)
            .open(&self.path)
            .and_then(|file| file.set_modified(self.modified));
        dated.map_err(|cause| BuildError::write(&self.path, cause))
    }
}

/// Whether `after` is `before` and packages without a source, which are those of the workspace
/// itself.
fn only_members_added(before: &str, after: &str) -> bool {
    let (Some((head, packages)), Some((new_head, mut new_packages))) =
        (parse(before), parse(after))
    else {
        return false;
    };

    let all_there = packages.iter().all(|package| {
        let place = new_packages.iter().position(|new| new == package);
        place.map(|place| new_packages.swap_remove(place)).is_some()
    });

    head == new_head && all_there && new_packages.iter().all(|added| added.get("source").is_none())
}

/// The packages, and everything else.
fn parse(text: &str) -> Option<(Table, Vec<Value>)> {
    let mut table: Table = text.parse().ok()?;
    match table.remove("package") {
        Some(Value::Array(packages)) => Some((table, packages)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEFORE: &str = "version = 4\n[[package]]\nname = \"sdk\"\nversion = \
        \"0.1.0\"\ndependencies = [\"serde\"]\n\
        [[package]]\nname = \"serde\"\nversion = \"1.0.0\"\nsource = \"registry+x\"\n";

    fn with(added: &str) -> String {
        format!("{BEFORE}[[package]]\nname = \"mine\"\nversion = \"0.1.0\"\n{added}")
    }

    #[test]
    fn the_entry_of_a_new_member_is_no_loss() {
        assert!(only_members_added(BEFORE, &with("dependencies = [\"sdk\"]\n")));
    }

    #[test]
    fn a_crate_that_was_not_needed_before_stays_pinned() {
        assert!(!only_members_added(BEFORE, &with("source = \"registry+x\"\n")));
    }

    #[test]
    fn what_was_changed_or_removed_stays_as_cargo_wrote_it() {
        assert!(!only_members_added(BEFORE, &with("").replace("1.0.0", "1.0.1")));
        assert!(!only_members_added(BEFORE, &with("").replace("version = 4", "version = 5")));
        assert!(!only_members_added(&with(""), BEFORE));
        assert!(!only_members_added(BEFORE, "no lock file"));
    }
}
