//! `stagewright storage`.

use std::path::PathBuf;

use clap::Subcommand;

use stagewright_app::StartError;
use stagewright_core::seams::Clock;
use stagewright_server::clock::SystemClock;
use stagewright_store::sled::Options;
use stagewright_store::sled::verify::{Report, verify};

/// What to do with a data folder.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Read every row and check its frame, checksum and completeness. The host must not be running.
    Verify {
        /// The data folder, as `data` in the configuration.
        data: PathBuf,
    },
}

/// What was found instead of sound data.
#[derive(Debug, thiserror::Error)]
pub(super) enum VerifyError {
    /// Nothing that could be verified.
    #[error(
        "{0} is no data folder: it holds no `rows`; name the folder of the configuration's `data`"
    )]
    NoDataFolder(PathBuf),
    /// Damage.
    #[error("{0:#?}\nthe data folder is damaged; put a backup in its place")]
    Damaged(Box<Report>),
}

impl VerifyError {
    /// The stable code of this error.
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::NoDataFolder(_) => "storage.no-data",
            Self::Damaged(_) => "storage.damaged",
        }
    }
}

pub(super) fn run(command: Command) -> anyhow::Result<String> {
    let Command::Verify { data } = command;
    if !data.join("rows").exists() {
        return Err(VerifyError::NoDataFolder(data).into());
    }

    let report = verify(&data.join("rows"), &Options::at(SystemClock::default().now()))
        .map_err(StartError::Open)?;
    if !report.is_sound() {
        return Err(VerifyError::Damaged(Box::new(report)).into());
    }

    Ok(format!("{report:#?}\nevery row is sound"))
}
