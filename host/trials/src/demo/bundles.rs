//! Builds the demo's plugins, the way an integrator would.

use std::path::{Path, PathBuf};

use super::error::DemoError;

/// The plugins that the story needs, by id, with their folders.
pub const PLUGINS: [(&str, &str); 6] = [
    ("stagewright.get-employee", "robot-get-employee"),
    ("stagewright.send-message", "robot-send-message"),
    ("stagewright.add-observer", "robot-add-observer"),
    ("stagewright.conversation-accepted", "trigger-conversation-accepted"),
    ("stagewright.signed-json", "channel-signed-json"),
    ("whatsapp.cloud", "channel-whatsapp-cloud"),
];

/// A built bundle.
#[derive(Debug)]
pub(crate) struct Built {
    pub(crate) plugin: String,
    pub(crate) bytes: Vec<u8>,
}

/// Builds every plugin of the demo that is not built yet.
///
/// # Errors
/// [`DemoError::NoSources`] and [`DemoError::Build`].
pub(crate) fn build_bundles(progress: &(dyn Fn(&str) + Sync)) -> Result<Vec<Built>, DemoError> {
    build(&root()?, None, progress)
}

/// The repository that this runs in.
pub(super) fn root() -> Result<PathBuf, DemoError> {
    let here = std::env::current_dir()
        .map_err(|source| DemoError::Machine { what: "finding the current folder", source })?;
    here.ancestors().find(|dir| is_repository(dir)).map(Path::to_owned).ok_or(DemoError::NoSources)
}

/// Builds the plugins that are not built yet, all but the one that is to be left out.
pub(super) fn build(
    root: &Path,
    without: Option<&str>,
    progress: &(dyn Fn(&str) + Sync),
) -> Result<Vec<Built>, DemoError> {
    let wanted: Vec<(&str, PathBuf)> = PLUGINS
        .iter()
        .filter(|(plugin, _)| Some(*plugin) != without)
        .map(|(plugin, folder)| (*plugin, root.join("plugins").join(folder)))
        .collect();

    progress(
        "looking for plugins that are not built yet; building them the first time takes a minute \
         or two",
    );

    let dirs: Vec<&Path> = wanted.iter().map(|(_, dir)| dir.as_path()).collect();
    // In place: another thread would have to own `progress`, which is only borrowed here.
    let paths =
        tokio::task::block_in_place(|| stagewright_kit::build_all(&dirs, &|line| progress(line)))
            .map_err(|e| DemoError::Build(format!("{e} ({})", e.code())))?;

    let read = |(plugin, path): (&str, &PathBuf)| {
        let bytes = std::fs::read(path)
            .map_err(|source| DemoError::Machine { what: "reading a bundle", source })?;
        Ok(Built { plugin: plugin.to_owned(), bytes })
    };
    wanted.iter().map(|(plugin, _)| *plugin).zip(&paths).map(read).collect()
}

/// Whether `dir` is the repository.
fn is_repository(dir: &Path) -> bool {
    dir.join("plugins/robot-add-observer/plugin.toml").is_file()
}
