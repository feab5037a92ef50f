//! The plugins of scenarios as bundles: built from their folders, or given as files.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use stagewright_kit::{Bundle, Manifest};

/// Bundles by plugin id.
#[derive(Clone, Debug, Default)]
pub(in crate::scenario) struct Bundles {
    by_id: BTreeMap<String, Vec<u8>>,
}

impl Bundles {
    /// Bundles of the plugins `wanted`: those in `files`, else built from the folders below
    /// `plugins`. What has not changed since it was last built is not built again. Blocks while
    /// compiling.
    ///
    /// # Errors
    /// A sentence.
    pub(in crate::scenario) fn make(
        wanted: &[String],
        files: &[PathBuf],
        plugins: &Path,
        tell: &dyn Fn(&str),
    ) -> Result<Self, String> {
        let mut by_id = BTreeMap::new();
        for file in files {
            let bytes = fs::read(file)
                .map_err(|e| format!("cannot read the bundle {}: {e}", file.display()))?;
            let bundle = Bundle::open(&bytes)
                .map_err(|e| format!("{} is no bundle: {e} ({})", file.display(), e.code()))?;
            by_id.insert(bundle.manifest().plugin.id.clone(), bytes);
        }

        let missing: Vec<&String> = wanted.iter().filter(|id| !by_id.contains_key(*id)).collect();
        if missing.is_empty() {
            return Ok(Self { by_id });
        }

        let folders = folders(plugins)?;
        let mut dirs = Vec::new();
        for id in &missing {
            let known: Vec<&str> = folders.keys().map(String::as_str).collect();
            let dir = folders.get(*id).ok_or_else(|| {
                format!(
                    "no plugin `{id}` below {}, only {}; name its bundle or the folder it lies in",
                    plugins.display(),
                    known.join(", ")
                )
            })?;
            dirs.push(dir.as_path());
        }

        let built =
            stagewright_kit::build_all(&dirs, tell).map_err(|e| format!("{e} ({})", e.code()))?;
        for (id, file) in missing.into_iter().zip(built) {
            let bytes = fs::read(&file)
                .map_err(|e| format!("cannot read the bundle {}: {e}", file.display()))?;
            by_id.insert(id.clone(), bytes);
        }
        Ok(Self { by_id })
    }

    /// The bundle of a plugin.
    ///
    /// # Errors
    /// A sentence.
    pub(super) fn of(&self, id: &str) -> Result<Vec<u8>, String> {
        self.by_id.get(id).cloned().ok_or_else(|| format!("there is no bundle of `{id}`"))
    }
}

/// The folders below `dir` that hold a plugin, by its id.
fn folders(dir: &Path) -> Result<BTreeMap<String, PathBuf>, String> {
    let unreadable = |e: std::io::Error| {
        format!("the folder of plugins {} cannot be read: {e}; name another one", dir.display())
    };

    let mut found = BTreeMap::new();
    for entry in fs::read_dir(dir).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let Ok(bytes) = fs::read(path.join("plugin.toml")) else { continue };
        let manifest = Manifest::parse(&bytes)
            .map_err(|e| format!("{}: {e} ({})", path.display(), e.code()))?;
        found.insert(manifest.plugin.id, path);
    }
    Ok(found)
}
