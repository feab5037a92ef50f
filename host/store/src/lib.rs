//! Where rows are kept: the implementations of [`Store`](stagewright_core::seams::Store).
//!
//! - [`memory`]: everything in one map, for tests and trials.
//! - [`sled`]: the embedded store, durable before it answers. The only place that knows the storage
//!   engine.
//! - [`fault`]: a wrapper that crashes any of them at a chosen commit.
//! - `conformance`: the contract as tests, one function per behaviour, run against each of them.
//!
//! Nothing here knows what a row means: a key, a version and a checksummed value are all it sees.
//! What every implementation has to agree on and can share is in `check` (what a commit must look
//! like) and `span` (which keys a range covers).

mod check;
pub mod fault;
pub mod memory;
pub mod sled;
mod span;

#[cfg(test)]
mod agreement;
#[cfg(test)]
mod conformance;

pub use check::KEY_BYTES_MAX;
