//! `stagewright storage`.

use std::path::PathBuf;

use clap::Subcommand;
use stagewright_core::seams::Clock;

use crate::clock::SystemClock;
use crate::store::sled::Options;
use crate::store::sled::verify::verify;

/// What to do with a data folder.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Read every row and check its frame, checksum and completeness. The host must not be running.
    Verify {
        /// The data folder, as `data` in the configuration.
        data: PathBuf,
    },
}

pub(super) fn run(command: Command) -> anyhow::Result<String> {
    let Command::Verify { data } = command;
    anyhow::ensure!(
        data.join("rows").exists(),
        "{} is no data folder: it holds no `rows`; name the folder of the configuration's `data` (storage.no-data)",
        data.display()
    );
    let report = verify(&data.join("rows"), &Options::at(SystemClock::default().now()));
    let report = report.map_err(|e| anyhow::anyhow!("failed to {e} ({})", e.code()))?;
    anyhow::ensure!(report.is_sound(), "{report:#?}\nthe data folder is damaged; go back to a backup (storage.damaged)");
    Ok(format!("{report:#?}\nevery row is sound"))
}
