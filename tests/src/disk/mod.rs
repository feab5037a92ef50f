//! A model of a disk that may lose power.
//!
//! [`Disk`] begins with a folder as it lies there, replays a journal of the preload shim, and
//! writes the folder that a cut would have left.
//!
//! - `replay`: [`Disk`], which does what the journal says.
//! - `tree`: the files and folders; `file` and `folder` know what is durable and what is only
//!   pending, `cut` says how much of that is left.
//! - `image`: puts what was left in the place of a real folder.
//!
//! **Model**, stricter than any file system we know of:
//! - Bytes and length of a file are durable after an `fsync` or `fdatasync` of it that began after
//!   they were written.
//! - A name (made, moved, removed) is durable only after an `fsync` of the folder it is in. A
//!   synced file without a synced name is lost; ext4 would keep it.
//! - `sync_file_range` makes nothing durable.
//! - What is not durable may be lost altogether, or in part and out of order: per sector of 512 or
//!   4096 bytes, per file, with or without the new length; names as any number of the oldest
//!   changes of a folder, as journalling file systems do it.
//!
//! For the control of a rig the disk can be told to ignore every sync ([`Syncs`]).

mod cut;
mod file;
mod folder;
mod image;
mod replay;
mod tree;

pub use cut::Cut;
pub use image::write;
pub use replay::{Counts, Disk, Syncs};
