//! What the end-to-end tests share. The tests themselves are in `tests/`, one file per proof.
//!
//! - `disk`: a model of a disk: replays what the preload shim wrote down and makes the folder that a power cut would have left.
//! - `chance`: seeded random numbers, so that a failure can be repeated.
//! - `place`, `scratch`: where the built things are, and folders to work in.
//! - `preload`: runs a process under the shim and takes the power away from it.
//! - `record`: the shim's journal format, included by its path.

pub mod chance;
pub mod disk;
pub mod place;
pub mod preload;
#[path = "../powercut/src/record/mod.rs"]
pub mod record;
pub mod scratch;
