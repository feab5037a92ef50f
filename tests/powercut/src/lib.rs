//! A preload shim that writes down what a process does to one folder: every write, every change of
//! a name, and every sync with its beginning and its end. From this journal the rig makes the
//! folder that a power cut would have left.
//!
//! - `record`: the journal's format. `watch`: what is watched, which descriptor stands for which
//!   file.
//! - `real`: the system calls. `files`, `names`, `refused`: the functions that take the C library's
//!   place.
//!
//! **Use**: `LD_PRELOAD` this library with the variables [`record::WATCHED`] and
//! [`record::JOURNAL`] set. Without them it only passes calls on.
//!
//! With [`record::FULL`] it can also say that the disk is full: then nothing is written or made in
//! the folder.
//!
//! **Order**: a change is written down after it happened and before the caller hears of it, a
//! sync's beginning before it begins and its end before the caller hears of it. So nothing counts
//! as synced that was not, and a kill at any point is safe.
//!
//! **Limits**: what bypasses the C library is not seen. The rig therefore compares the whole
//! journal, replayed, with the folder after a clean stop. Calls without a model
//! ([`record::Record::Unmodelled`]) make it refuse to judge.

mod files;
mod names;
mod real;
pub mod record;
mod refused;
mod watch;
