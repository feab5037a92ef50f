//! How fast this machine is at what matters: durable writes, calls of plugin code, and the whole
//! way from a request to the effects of a robot.
//!
//! `office` starts a host with a tenant, `chats` works in it over HTTP, `calls` calls a robot
//! without it. The store and the runtime measure themselves. Clients and host share the machine, so
//! figures over HTTP are those of both.

mod calls;
mod chats;
mod office;
mod writes;

use std::path::{Path, PathBuf};
use std::time::Duration;

use stagewright_client::ClientError;

use crate::demo::DemoError;
use office::Office;
pub use writes::BenchError as StoreBench;
use writes::acknowledged_writes;

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

/// Why nothing was measured.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    /// The folder is there already.
    #[error(
        "{0} is there already (bench.folder-exists); name one that is not, since it is removed at \
         the end"
    )]
    FolderExists(PathBuf),
    /// The folder cannot be made or removed.
    #[error("the folder cannot be used: {0}")]
    Folder(#[from] std::io::Error),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreBench),
    /// The plugins or the host.
    #[error(transparent)]
    Setup(#[from] DemoError),
    /// The API.
    #[error("{0}")]
    Api(#[from] ClientError),
    /// Something came out otherwise than it should, so that the figures mean nothing.
    #[error("{0}")]
    Wrong(String),
}

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

    let bundles = crate::demo::build_bundles(progress)?;
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

/// A time as people read it.
fn time(time: Duration) -> String {
    match time.as_micros() {
        micros @ 0..1_000 => format!("{micros} us"),
        _ => format!("{:.1} ms", time.as_secs_f64() * 1_000.0),
    }
}
