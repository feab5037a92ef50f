//! Runs scenario files.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use stagewright_app::Keys;

use super::load::{Loaded, find, load};
use super::play::play;
use super::record::Record;
use super::report::{Outcome, Report, Verdict};
use super::world::{Bundles, StoreKind, Workshop, make_dir};

/// What may be chosen about a run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Options {
    /// On which store.
    pub store: StoreKind,
    /// Whether every expectation is inverted too.
    pub mutate: bool,
    /// The folder whose sub-folders are plugins; those that scenarios name are built from it.
    pub plugins: PathBuf,
    /// Bundles that are there already, and are used instead.
    pub bundles: Vec<PathBuf>,
    /// The folder where what every scenario that passes asked, was answered and left behind is
    /// written, one file each. With `mutate` that includes what the inverted expectations asked.
    pub record: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        let (bundles, record) = (Vec::new(), None);
        Self { store: StoreKind::Memory, mutate: false, plugins: "plugins".into(), bundles, record }
    }
}

/// Told how far it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum News<'a> {
    /// Plugins are being built; what the compiler is at.
    Building(&'a str),
    /// A scenario with this title is being played.
    Playing(&'a str),
    /// A scenario is over; its outcome is the line to show.
    Over(&'a Outcome),
}

/// Why no scenario could be run at all.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{0}")]
pub struct RunError(pub String);

/// A number for every run of this process, for the names of folders.
static RUNS: AtomicU32 = AtomicU32::new(1);

/// Runs scenario files, or all files of folders, one after the other, each on a fresh store.
/// Plugins are built first where need be.
///
/// # Errors
/// [`RunError`] where there is nothing to run or nothing to run it with. A file that makes no sense
/// is an outcome, not an error.
pub async fn run(
    paths: &[PathBuf],
    options: &Options,
    tell: &(dyn Fn(News<'_>) + Send + Sync),
) -> Result<Report, RunError> {
    let files = find(paths).map_err(|problem| RunError(problem.to_string()))?;
    let loaded: Vec<_> = files.into_iter().map(|path| (load(&path), path)).collect();

    let workshop =
        workshop(loaded.iter().filter_map(|(loaded, _)| loaded.as_ref().ok()), options, tell)
            .await?;

    let mut report = Report::default();
    for (loaded, path) in loaded {
        let outcome = match loaded {
            Err(problems) => {
                Outcome { path, title: String::new(), verdict: Verdict::Invalid(problems) }
            }

            Ok(loaded) => {
                tell(News::Playing(&loaded.scenario.scenario.value));
                let record = options.record.as_ref();
                let record = record.map(|folder| Record::new(folder, options.store, &loaded.path));
                play(&workshop, options.store, options.mutate, &loaded, record.as_ref()).await
            }
        };

        tell(News::Over(&outcome));
        report.outcomes.push(outcome);
    }

    Ok(report)
}

/// What all scenarios share.
async fn workshop(
    scenarios: impl Iterator<Item = &Loaded>,
    options: &Options,
    tell: &(dyn Fn(News<'_>) + Send + Sync),
) -> Result<Workshop, RunError> {
    let wanted: BTreeSet<String> = scenarios
        .flat_map(|loaded| &loaded.scenario.fixture.plugins)
        .map(|plugin| plugin.value.clone())
        .collect();
    let wanted: Vec<String> = wanted.into_iter().collect();

    let (files, plugins) = (options.bundles.clone(), options.plugins.clone());
    let (lines, mut said) = tokio::sync::mpsc::unbounded_channel::<String>();
    let making = tokio::task::spawn_blocking(move || {
        let tell = |line: &str| {
            let _nobody_listens = lines.send(line.to_owned());
        };
        Bundles::make(&wanted, &files, &plugins, &tell)
    });

    while let Some(line) = said.recv().await {
        tell(News::Building(&line));
    }

    let bundles = making.await.map_err(|e| RunError(e.to_string()))?.map_err(RunError)?;
    let keys = Keys::random().map_err(|e| RunError(e.to_string()))?;

    let name = format!(
        "stagewright-scenarios-{}-{}",
        std::process::id(),
        RUNS.fetch_add(1, Ordering::Relaxed)
    );
    let dir = std::env::temp_dir().join(name);

    make_dir(&dir).map_err(|e| {
        RunError(format!("cannot make the folder {}: {e}; make room, or set TMPDIR", dir.display()))
    })?;

    Ok(Workshop { bundles, dir, keys })
}
