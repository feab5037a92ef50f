//! What the end-to-end tests share. The tests themselves are in `tests/`, one file or folder per
//! proof.
//!
//! - `host`, `api`: a host in a process of its own, and a client that knows what "no answer" means.
//! - `fixture`: a tenant made over the API, with real plugins, and the provider outside.
//! - `guest`: hostile plugins, packed by hand.
//! - `load`: clients that note what was acknowledged to them, and check it afterwards.
//! - `rig`: what the crash tests under load have in common.
//! - `story`: the demo's stories on a manual clock, killed where a test wants it.
//! - `disk`: a model of a disk: replays what the preload shim wrote down and makes the folder that
//!   a power cut would have left.
//! - `preload`: runs a process under the shim and takes the power away from it.
//! - `canary`: looks for a secret in everything that can be seen, however it is spelled.
//! - `chance`, `deadline`: seeded random numbers, so that a failure can be repeated, and an end to
//!   waiting.
//! - `trial`: a server on a manual clock with a small tenant, for everything that is not about
//!   crashes.
//! - `place`, `scratch`: where the built things are, and folders to work in.
//! - `record`: the shim's journal format, included by its path.

pub mod api;
pub mod canary;
pub mod chance;
pub mod deadline;
pub mod disk;
pub mod fixture;
pub mod guest;
pub mod host;
pub mod load;
pub mod place;
pub mod preload;
#[path = "../powercut/src/record/mod.rs"]
pub mod record;
pub mod rig;
pub mod scratch;
pub mod story;
pub mod trial;
