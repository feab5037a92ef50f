//! What the shim writes down: one record per call that changed something or synced it.
//!
//! **Shape**: `body length (4) · kind (1) · body`, all numbers little endian, paths as UTF-8
//! without an end mark. Records are appended by one system call each, so that a kill can cut the
//! last one short and no other.
//!
//! The rig includes this module by its path; it must not link the shim, which would replace its
//! `write`.

mod decode;
mod encode;

pub use decode::{Records, decode};
pub use encode::encode;

/// The variable of the folder that is watched: an absolute path without symbolic links.
pub const WATCHED: &str = "STAGEWRIGHT_POWERCUT_WATCHED";
/// The variable of the journal's path, outside the watched folder.
pub const JOURNAL: &str = "STAGEWRIGHT_POWERCUT_JOURNAL";

/// The variable of a path outside the watched folder: while there is a file, the disk is full.
/// Needs the two others.
pub const FULL: &str = "STAGEWRIGHT_POWERCUT_FULL";

/// Bytes before a record's body.
const HEAD_BYTES: usize = 5;

/// What happened. Files and folders are named by a number that the shim gives them, since a name
/// may change while one is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Record<'a> {
    /// A file or folder got a number: it was opened, or made by that.
    Opened {
        /// Its number.
        node: u32,
        /// Whether this call made it.
        created: bool,
        /// Its path.
        path: &'a str,
    },
    /// Bytes were written.
    Write {
        /// The file.
        node: u32,
        /// Where.
        offset: u64,
        /// What.
        bytes: &'a [u8],
    },
    /// A file got another length.
    Truncate {
        /// The file.
        node: u32,
        /// The length.
        len: u64,
    },
    /// A sync began; it covers what was written down before this record.
    SyncBegins {
        /// The file or folder.
        node: u32,
        /// Names the sync.
        ticket: u64,
    },
    /// A sync succeeded; the caller has not heard of it yet.
    SyncEnds {
        /// As in [`Record::SyncBegins`].
        ticket: u64,
    },
    /// The kernel was asked to begin writing. That syncs nothing: the disk keeps it in its own
    /// cache, and no length is written.
    RangeSync {
        /// The file.
        node: u32,
    },
    /// A name was given to what had another one.
    Rename {
        /// The old path.
        from: &'a str,
        /// The new path.
        to: &'a str,
    },
    /// A second name was given.
    Link {
        /// The path there was.
        from: &'a str,
        /// The new path.
        to: &'a str,
    },
    /// A file lost a name.
    Unlink {
        /// The path.
        path: &'a str,
    },
    /// A folder was made.
    MakeDir {
        /// Its path.
        path: &'a str,
    },
    /// A folder was removed.
    RemoveDir {
        /// Its path.
        path: &'a str,
    },
    /// Something was done that the rig has no model of. It refuses to judge then.
    Unmodelled {
        /// What.
        what: &'a str,
    },
}
