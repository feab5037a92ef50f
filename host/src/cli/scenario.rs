//! `stagewright scenario`.

use std::path::{Path, PathBuf};

use clap::{Subcommand, ValueEnum};

use stagewright_trials::scenario::{News, Options, StoreKind, run as play};

use super::log::log;
use super::progress::Progress;

/// What to do with scenario files.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Run scenario files, or all files of folders.
    Run {
        /// Files and folders.
        #[arg(required = true)]
        paths: Vec<PathBuf>,
        /// Where rows are kept.
        #[arg(long, default_value = "memory")]
        store: Store,
        /// Invert each expectation once, and report any inversion that still passes: it cannot
        /// fail.
        #[arg(long)]
        mutate: bool,
        /// Bundles to install besides those of the repository's plugins.
        #[arg(long)]
        bundle: Vec<PathBuf>,
        /// The folder of the plugins' sources.
        #[arg(long, default_value = "plugins")]
        plugins: PathBuf,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Store {
    Memory,
    Sled,
}

pub(super) async fn run(command: Command) -> anyhow::Result<String> {
    log("error");
    let Command::Run { paths, store, mutate, bundle, plugins } = command;

    anyhow::ensure!(
        Path::new(&plugins).is_dir(),
        "{} is no folder; run inside the repository or give --plugins (scenario.no-plugins)",
        plugins.display()
    );

    let store = if store == Store::Sled { StoreKind::Sled } else { StoreKind::Memory };
    let options = Options { store, mutate, plugins, bundles: bundle, record: None };

    let progress = Progress::start();
    let report = play(&paths, &options, &|news| match news {
        News::Building(what) => progress.line(what),
        News::Playing(title) => progress.spin(title),
        News::Over(outcome) => progress.say(&outcome.to_string()),
    })
    .await;

    progress.done();

    let report = report?;

    anyhow::ensure!(report.is_ok(), "{}", report.summary());
    Ok(report.summary())
}
