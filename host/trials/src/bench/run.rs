//! Measures one thing after the other.

use std::path::{Path, PathBuf};

use super::error::BenchError;
use super::office::Office;
use super::writes::acknowledged_writes;
use super::{calls, chats};
use crate::demo::build_bundles;
use crate::measure::time;

/// What is measured.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Options {
    /// Where data is written: figures are those of this disk. The folder is made and removed.
    pub folder: PathBuf,
    /// For how long durable writes are made, in seconds, for each number of clients.
    pub seconds: u64,
    /// How many chats are accepted by all clients together.
    pub chats: usize,
}

/// How many clients there are at once, where there is more than one figure.
const CLIENTS: [u16; 3] = [1, 16, 64];
/// How many robots are called.
const CALLS: usize = 5_000;

/// Measures everything, telling `say` each figure as it comes and `progress` what takes long.
///
/// # Errors
/// [`BenchError`].
pub async fn run(
    options: &Options,
    say: &(dyn Fn(&str) + Sync),
    progress: &(dyn Fn(&str) + Sync),
) -> Result<(), BenchError> {
    if options.folder.exists() {
        return Err(BenchError::FolderExists(options.folder.clone()));
    }

    let bundles = build_bundles(progress)?;
    std::fs::create_dir_all(&options.folder)?;

    // Measured apart, so that the folder is removed also where something fails.
    let measured = async {
        writes(&options.folder, options.seconds, say, progress).await?;
        let office = Office::open(&options.folder.join("host"), &bundles).await?;
        progress("calling a robot");
        calls::measure(&office, CALLS, say).await?;
        progress("accepting chats over HTTP");
        chats::measure(&office, options.chats, say).await?;
        office.close().await
    };

    let measured = measured.await;
    std::fs::remove_dir_all(&options.folder)?;
    measured
}

async fn writes(
    folder: &Path,
    seconds: u64,
    say: &(dyn Fn(&str) + Sync),
    progress: &(dyn Fn(&str) + Sync),
) -> Result<(), BenchError> {
    let mut first = true;
    for clients in CLIENTS {
        progress("writing rows");
        let report =
            acknowledged_writes(&folder.join(format!("store-{clients}")), clients, seconds).await?;

        // The disk's own time does not depend on the clients, so it is told once.
        if std::mem::take(&mut first) {
            say(&format!("bare fdatasync: p50 {}", time(report.sync_p50)));
        }

        say(&format!(
            "durable rows, {clients:>2} clients: {:.0}/s, p50 {}, p99 {}, {:.1} writes a sync",
            report.per_second,
            time(report.p50),
            time(report.p99),
            report.per_group
        ));
    }
    Ok(())
}
