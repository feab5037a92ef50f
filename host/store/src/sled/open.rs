//! Opens the data folder: lock, left-overs, sled, format, and the directory entries themselves.
//!
//! **Order**: the lock comes before anything is touched. Whether commits are missing and which
//! format this is is known before anything is written. The folder is synced before the first
//! commit, since a synced file without a directory entry is lost all the same.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use stagewright_core::id::TenantId;
use stagewright_core::key::{Key, Table};
use stagewright_core::row::{self, Row};
use stagewright_core::time::Timestamp;

use super::error::{self, OpenError};
use super::mark::{self, Mark};
use super::options::{Mode, Options};
use super::shared::Shared;
use super::value::{self, Stored};

/// The format that this build writes.
const FORMAT: u32 = 1;

/// The file that sled keeps its configuration in.
const CONF: &str = "conf";

/// The row that says what wrote this store.
#[derive(Serialize, Deserialize, Debug)]
struct Format {
    number: u32,
    created: Timestamp,
}

impl Row for Format {
    const NAME: &'static str = "format";
}

/// Opens or creates the folder, so that a committer may start on it.
pub(super) fn open(dir: &Path, options: &Options) -> Result<Shared, OpenError> {
    let shared = open_tree(dir, options)?;
    if !has_format(dir, &shared.db)? {
        write_format(&shared, options.now)
            .map_err(|e| OpenError::system("write the format of", dir, e))?;
    }

    // A mark that was lost, as in a folder copied by hand, begins anew with what is there.
    shared
        .mark
        .write(shared.groups())
        .map_err(|e| OpenError::system("write the last group's number in", dir, e))?;

    // Before the committer starts: nobody may be told that a commit is durable while the names of
    // the files it lies in are not.
    sync_folder(dir, &shared).map_err(|e| OpenError::system("sync the data folder", dir, e))?;
    Ok(shared)
}

/// Locks the folder and opens sled in it, without looking at a row.
pub(super) fn open_tree(dir: &Path, options: &Options) -> Result<Shared, OpenError> {
    fs::create_dir_all(dir).map_err(|e| OpenError::system("create the data folder", dir, e))?;
    let lock = lock(dir)?;
    // Only under the lock: another process that opens the folder right now needs these very files.
    tidy(dir).map_err(|e| OpenError::system("tidy the data folder", dir, e))?;
    let (mark, marked) = Mark::open(dir).map_err(|e| OpenError::engine(dir, e.into()))?;

    let config = sled::Config::new()
        .path(dir)
        .cache_capacity(options.cache_bytes)
        .mode(match options.mode {
            Mode::Throughput => sled::Mode::HighThroughput,
            Mode::Space => sled::Mode::LowSpace,
        })
        // The committer flushes. A second flusher would only get in its way.
        .flush_every_ms(None)
        .use_compression(false);

    // sled panics on most kinds of damage.
    let opened = error::caught(|| config.open())
        .map_err(|reason| OpenError::Damaged { dir: dir.to_owned(), reason })?;
    let db = opened.map_err(|e| OpenError::engine(dir, e))?;

    let last = last_group(dir, &db, marked)?;
    let log = File::options().read(true).write(true).open(dir.join("db"));
    Ok(Shared::new(
        (db, last),
        log.map_err(|e| OpenError::system("open the log in", dir, e))?,
        mark,
        lock,
    ))
}

/// The number of the last group in the tree, which must not be before the one that was `marked` as
/// acknowledged.
fn last_group(dir: &Path, tree: &sled::Tree, marked: Option<u64>) -> Result<u64, OpenError> {
    let stored = tree.get(mark::GROUP_KEY).map_err(|e| OpenError::engine(dir, e))?;
    let last = stored.and_then(|stored| Some(u64::from_be_bytes(*stored.first_chunk()?)));

    match marked {
        // Group 0 is an empty store's: nothing has been acknowledged by then, and its log may not
        // even have a durable name.
        Some(marked) if last.unwrap_or(0) < marked => {
            let found = last.map_or_else(|| "nothing".to_owned(), |last| last.to_string());
            let reason = format!(
                "commits are missing: group {marked} was acknowledged, the log ends with {found}"
            );
            Err(OpenError::Damaged { dir: dir.to_owned(), reason })
        }
        _ => Ok(last.unwrap_or(0)),
    }
}

/// Takes the folder for this process. sled locks its file too, but only after it has begun to
/// write.
fn lock(dir: &Path) -> Result<File, OpenError> {
    let path = dir.join("lock");
    let file = File::options().create(true).truncate(false).write(true).open(&path);
    let file = file.map_err(|e| OpenError::system("open", &path, e))?;

    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::Locked { dir: dir.to_owned() }),
        Err(TryLockError::Error(e)) => Err(OpenError::system("lock", &path, e)),
    }
}

/// Removes what sled trips over when it was ended while it opened: a half-written snapshot, which
/// it takes for the newest and refuses to open, and a half-written configuration. Both it makes
/// anew, the latter always the same.
fn tidy(dir: &Path) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();

        let half_snapshot = name.starts_with("snap.") && name.ends_with(".generating");
        if half_snapshot || (name == CONF && !is_whole(&fs::read(entry.path())?)) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// Whether sled's configuration ends with its own checksum, little endian.
fn is_whole(conf: &[u8]) -> bool {
    conf.split_last_chunk()
        .is_some_and(|(text, crc)| crc32fast::hash(text) == u32::from_le_bytes(*crc))
}

fn format_key() -> Key {
    Key::new(TenantId::PLATFORM, Table::Format, &[])
}

/// Whether the store says that it has a format this build reads; a new store says nothing yet.
pub(super) fn has_format(dir: &Path, tree: &sled::Tree) -> Result<bool, OpenError> {
    let damaged = |reason: String| OpenError::Damaged { dir: dir.to_owned(), reason };
    let Some(stored) = tree.get(format_key().as_bytes()).map_err(|e| OpenError::engine(dir, e))?
    else {
        return if tree.is_empty() {
            Ok(false)
        } else {
            Err(damaged("there are rows, but none that says their format".to_owned()))
        };
    };

    let Ok(Stored::Whole(bytes)) = value::open(&format_key(), &stored) else {
        return Err(damaged("the row that says the format has an unknown shape".to_owned()));
    };

    match row::decode::<Format>(bytes) {
        Ok((format, _)) if format.number <= FORMAT => Ok(true),
        Ok((format, _)) => {
            Err(OpenError::Format { dir: dir.to_owned(), found: format.number, known: FORMAT })
        }
        Err(row::RowError::Schema { found, .. }) => {
            Err(OpenError::Format { dir: dir.to_owned(), found: u32::from(found), known: FORMAT })
        }
        Err(e) => Err(damaged(e.to_string())),
    }
}

fn write_format(shared: &Shared, created: Timestamp) -> io::Result<()> {
    let bytes = row::encode(&Format { number: FORMAT, created }, 1).map_err(io::Error::other)?;

    let mut batch = sled::Batch::default();
    value::put(&mut batch, (&format_key(), &bytes, 1), || Ok(0)).map_err(io::Error::other)?;
    batch.insert(&mark::GROUP_KEY, &0_u64.to_be_bytes());

    // Nobody commits yet, so this is the one write that is synced here and not by the committer.
    shared.db.apply_batch(batch).map_err(io::Error::other)?;
    shared.db.flush().map_err(io::Error::other)?;
    shared.log.sync_all()
}

/// Makes the files' names durable, and sled's small configuration, which sled itself never syncs.
fn sync_folder(dir: &Path, shared: &Shared) -> io::Result<()> {
    shared.mark.sync()?;
    File::open(dir.join(CONF))?.sync_all()?;
    File::open(dir)?.sync_all()?;

    // The folder may be new as well, and its own name lies in the folder above.
    let parent = fs::canonicalize(dir)?.parent().map(Path::to_owned);
    parent.map_or(Ok(()), |parent| File::open(parent)?.sync_all())
}
