//! Finds scenario files.

use std::fs;
use std::path::{Path, PathBuf};

use crate::scenario::problem::Problem;

/// The end of the name of a file with nothing but a fixture.
const FIXTURE: &str = ".fixture.yaml";

/// The files that `paths` name: files as they are, and of folders every `*.yaml` below them that is
/// no `*.fixture.yaml`, by name.
///
/// # Errors
/// A path that is not there, and a folder without scenarios.
pub(in crate::scenario) fn find(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Problem> {
    let mut found = Vec::new();

    for path in paths {
        if !path.exists() {
            return Err(Problem::whole(
                path,
                "there is no such file or folder; name a scenario file or a folder of them",
            ));
        }

        if !path.is_dir() {
            found.push(path.clone());
            continue;
        }

        let before = found.len();
        below(path, &mut found)?;
        if found.len() == before {
            return Err(Problem::whole(
                path,
                "no scenario in this folder; scenario files end in .yaml",
            ));
        }
    }

    Ok(found)
}

fn below(dir: &Path, found: &mut Vec<PathBuf>) -> Result<(), Problem> {
    let unreadable =
        |e: std::io::Error| Problem::whole(dir, format!("the folder cannot be read: {e}"));
    let entries = fs::read_dir(dir).map_err(unreadable)?;

    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()
        .map_err(unreadable)?;
    paths.sort();

    for path in paths {
        let name =
            path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if path.is_dir() {
            below(&path, found)?;
        } else if name.ends_with(".yaml") && !name.ends_with(FIXTURE) {
            found.push(path);
        }
    }

    Ok(())
}
