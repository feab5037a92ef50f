//! `stagewright scenario`.

use std::path::PathBuf;

use clap::Subcommand;

/// What to do with scenario files.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Run scenario files, or all files of folders.
    Run {
        /// Files and folders.
        #[arg(required = true)]
        paths: Vec<PathBuf>,
    },
}

#[expect(clippy::unused_async, reason = "wired when the runner lands")]
pub(super) async fn run(_command: Command) -> anyhow::Result<String> {
    anyhow::bail!("the scenario runner is not wired yet")
}
