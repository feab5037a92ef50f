//! The embedded store: one sled tree, one thread that commits.
//!
//! - [`SledStore`] in `handle`: reads, submits commits, waits. `open` gets its folder ready: lock,
//!   left-overs, format; `options` says how. `shared` is what it has in common with the committer.
//! - `committer`: takes commits in groups, checks them in `group`, applies one batch, syncs, and
//!   only then answers.
//! - `mark`: notices at open when sled has dropped something that was acknowledged.
//! - `read`: answers reads beside the committer. `value`: how a row lies in the tree, large ones in
//!   pieces.
//! - [`verify`]: walks everything and says what is damaged.
//!
//! **Why a sync of our own**: sled's `flush` asks the kernel to write but not the disk to keep (it
//! calls `sync_file_range`), so that a power cut loses what it called flushed. Each group therefore
//! ends with `fdatasync` of sled's log file.
//!
//! **Why never a large value**: sled puts nodes above 128 KiB into files of their own that nobody
//! syncs. Rows are cut into pieces small enough that a full node stays below (`value`), and keys
//! are limited ([`super::KEY_BYTES_MAX`]).

mod committer;
mod error;
mod group;
mod handle;
mod mark;
mod open;
mod options;
mod read;
mod shared;
mod value;
pub mod verify;

#[cfg(test)]
pub(crate) mod tests;

pub use error::{OpenError, Stop, panic_is_caught};
pub use handle::SledStore;
#[doc(hidden)]
pub use options::Hooks;
pub use options::{Mode, Options};
