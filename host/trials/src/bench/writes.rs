//! How many acknowledged, durable writes a data folder takes.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use stagewright_core::commit::Commit;
use stagewright_core::id::TenantId;
use stagewright_core::key::{Key, Table};
use stagewright_core::row::{self, Row};
use stagewright_core::seams::{Store, StoreError};
use stagewright_core::time::Timestamp;

use crate::measure::{now, share};
use stagewright_store::sled::{OpenError, Options, SledStore};

/// How often the bare sync is measured.
const SYNCS: usize = 500;

/// What was measured. Durable figures mean nothing without the bare sync beside them.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Report {
    /// Acknowledged writes, one row of about 300 bytes each.
    pub writes: u64,
    /// Acknowledged writes in a second.
    pub per_second: f64,
    /// Half of the writes were acknowledged within this time.
    pub p50: Duration,
    /// 99 of 100 writes were acknowledged within this time.
    pub p99: Duration,
    /// How many writes shared a sync, on average.
    pub per_group: f64,
    /// Half of the bare `fdatasync` calls after a 4 KiB append took at most this time.
    pub sync_p50: Duration,
}

/// Why nothing was measured.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    /// The folder could not be used.
    #[error("measure the bare sync")]
    Folder(#[from] io::Error),
    /// The store did not open.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The store stopped.
    #[error(transparent)]
    Store(#[from] StoreError),
}

#[derive(Serialize, Deserialize)]
struct Sample {
    text: String,
}

impl Row for Sample {
    const NAME: &'static str = "sample";
}

/// Lets `clients` write one row after the other for `seconds`, each waiting for its answer. The
/// store is made in `dir`, which should be empty, and stays there.
///
/// # Errors
/// [`BenchError`].
#[doc(hidden)]
pub(super) async fn acknowledged_writes(
    dir: &Path,
    clients: u16,
    seconds: u64,
) -> Result<Report, BenchError> {
    fs::create_dir_all(dir)?;
    let sync_p50 = bare_sync(dir)?;
    let store = Arc::new(SledStore::open(dir, Options::at(Timestamp(0)))?);
    let before = store.groups();

    let (begun, time) = (now(), Duration::from_secs(seconds));
    let writers: Vec<_> = (0..clients)
        .map(|client| tokio::spawn(write(Arc::clone(&store), client, begun, time)))
        .collect();

    let mut times = Vec::new();
    for writer in writers {
        times.extend(writer.await.map_err(io::Error::other)??);
    }

    let spent = begun.elapsed();
    let groups = store.groups() - before;
    store.close().await?;

    times.sort_unstable();
    Ok(Report {
        writes: times.len() as u64,
        per_second: ratio(times.len(), spent.as_secs_f64()),
        p50: share(&times, 50),
        p99: share(&times, 99),
        per_group: ratio(times.len(), ratio(usize::try_from(groups).unwrap_or(usize::MAX), 1.0)),
        sync_p50,
    })
}

/// One client: how long each of its writes took.
async fn write(
    store: Arc<SledStore>,
    client: u16,
    begun: Instant,
    time: Duration,
) -> Result<Vec<Duration>, StoreError> {
    let sample = Sample { text: "x".repeat(280) };
    let bytes = row::encode(&sample, 1).map_err(|e| StoreError::Damaged(e.to_string()))?;

    let mut times = Vec::new();
    while begun.elapsed() < time {
        let key = Key::new(
            TenantId([9; 16]),
            Table::Record,
            &[&format!("{client:05}-{:010}", times.len())],
        );
        let mut commit = Commit::default();
        commit.expects.insert(key.clone(), 0);
        commit.writes.insert(key, Some(Arc::clone(&bytes)));

        let asked = now();
        store.commit(commit).await?;
        times.push(asked.elapsed());
    }

    Ok(times)
}

/// What the disk takes for one sync, without any store.
fn bare_sync(dir: &Path) -> io::Result<Duration> {
    let path = dir.join("sync-trial");
    let mut file = File::create(&path)?;
    let mut times = Vec::with_capacity(SYNCS);

    for _ in 0..SYNCS {
        file.write_all(&[7; 4096])?;
        let asked = now();
        file.sync_data()?;
        times.push(asked.elapsed());
    }

    fs::remove_file(&path)?;
    times.sort_unstable();
    Ok(share(&times, 50))
}

fn ratio(count: usize, by: f64) -> f64 {
    u32::try_from(count).map_or(f64::from(u32::MAX), f64::from) / by
}
