//! What can go wrong with the data folder, in words and stable codes.

use std::cell::Cell;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use stagewright_core::seams::StoreError;

/// Why a data folder could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has it open.
    #[error("open the data folder {}: another process is using it; stop that one first, or choose \
        another folder", .dir.display())]
    Locked {
        /// The data folder.
        dir: PathBuf,
    },
    /// A newer version has written it.
    #[error(
        "open the data folder {}: it has format {found} and this version reads up to {known}; run \
         the newer version that wrote it",
        .dir.display()
    )]
    Format {
        /// The data folder.
        dir: PathBuf,
        /// The format it has.
        found: u32,
        /// The newest that this build reads.
        known: u32,
    },
    /// What is in it cannot be read.
    #[error(
        "open the data folder {}: it is damaged ({reason}); copy the folder before you try \
         anything, since opening it may change \
         it, then see what is left with `stagewright storage verify`, or put a backup in its place",
        .dir.display()
    )]
    Damaged {
        /// The data folder.
        dir: PathBuf,
        /// What the storage engine said.
        reason: String,
    },
    /// The disk is full.
    #[error("open the data folder {}: its disk is full; free some space and start \
        again", .dir.display())]
    NoSpace {
        /// The data folder.
        dir: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The system refused something else, such as the rights to write there.
    #[error("{doing} {}: {source}; let this user read and write there", .path.display())]
    Folder {
        /// What was tried.
        doing: &'static str,
        /// The folder or file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl OpenError {
    /// The stable code of this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Locked { .. } => "storage.locked",
            Self::Format { .. } => "storage.format",
            Self::Damaged { .. } => "storage.damaged",
            Self::NoSpace { .. } => "storage.no-space",
            Self::Folder { .. } => "storage.folder",
        }
    }

    /// An error of the system while `doing` something with `path`.
    pub(super) fn system(doing: &'static str, path: &Path, source: io::Error) -> Self {
        if is_full(&source) {
            return Self::NoSpace { dir: path.to_owned(), source };
        }
        Self::Folder { doing, path: path.to_owned(), source }
    }

    /// An error of the storage engine at open.
    pub(super) fn engine(dir: &Path, error: sled::Error) -> Self {
        match error {
            // sled has no better sign for this. Ours is asked first, so that this is a process
            // which does not know it.
            sled::Error::Io(e) if e.to_string().starts_with("could not acquire lock") => {
                Self::Locked { dir: dir.to_owned() }
            }
            // A file that ends too early or names nonsense is damage, not a matter of rights.
            sled::Error::Io(e)
                if !matches!(
                    e.kind(),
                    io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidData
                ) =>
            {
                Self::system("read the data folder", dir, e)
            }
            // What sled says of it is for its authors.
            sled::Error::Corruption { .. } => Self::Damaged {
                dir: dir.to_owned(),
                reason: "its parts do not fit together".to_owned(),
            },
            other => Self::Damaged { dir: dir.to_owned(), reason: other.to_string() },
        }
    }
}

/// Why the store has stopped. It refuses everything from then on, and the process has to start
/// anew: what a failed sync has and has not kept is known to nobody, and a second sync would report
/// success for pages the kernel has already dropped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stop {
    /// Stable code: `storage.no-space`, `storage.write` or `storage.closed`.
    pub code: &'static str,
    /// What was being done and what the system said.
    pub message: String,
}

impl Stop {
    /// The store was closed on purpose.
    pub(super) fn closed() -> Self {
        Self { code: "storage.closed", message: "the store is closed".to_owned() }
    }

    /// A write or sync failed.
    pub(super) fn failed(doing: &str, error: &io::Error) -> Self {
        let code = if is_full(error) { "storage.no-space" } else { "storage.write" };
        Self { code, message: format!("failed to {doing}: {error}") }
    }

    /// The storage engine failed.
    pub(super) fn engine(doing: &str, error: sled::Error) -> Self {
        match error {
            sled::Error::Io(e) => Self::failed(doing, &e),
            other => Self { code: "storage.write", message: format!("failed to {doing}: {other}") },
        }
    }

    /// What whoever runs the host should do.
    #[must_use]
    pub fn way_out(&self) -> &'static str {
        match self.code {
            "storage.no-space" => "free some space and start again: what was acknowledged is there",
            "storage.closed" => "start again",
            _ => "see whether the disk is sound, then start again: what was acknowledged is there",
        }
    }

    /// The storage engine panicked.
    pub(super) fn panicked(said: &str) -> Self {
        Self { code: "storage.write", message: format!("the storage engine gave up: {said}") }
    }
}

impl From<Stop> for StoreError {
    fn from(stop: Stop) -> Self {
        Self::Stopped(format!("{} ({})", stop.message, stop.code))
    }
}

/// What a failed look into the tree means.
pub(super) fn on_read(error: sled::Error) -> StoreError {
    match error {
        sled::Error::Corruption { .. } => StoreError::Damaged(error.to_string()),
        other => Stop::engine("read", other).into(),
    }
}

thread_local! {
    /// Whether this thread is in work whose panic is caught.
    static CATCHING: Cell<bool> = const { Cell::new(false) };
}

/// Does what sled may panic in, which is how it meets most kinds of damage. Gives what it said if
/// it did.
pub(super) fn caught<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    let before = CATCHING.replace(true);
    let outcome = catch_unwind(AssertUnwindSafe(work)).map_err(|panic| words_of(&*panic));
    // Restored and not switched off: such work may lie within other such work.
    CATCHING.set(before);
    outcome
}

/// Whether a panic of this thread, here and now, becomes an error of the store. A panic hook has
/// nothing to say of it then.
#[must_use]
pub fn panic_is_caught() -> bool {
    CATCHING.get()
}

/// What a caught panic said.
fn words_of(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("it panicked without a word").to_owned()
}

fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}
