//! Wires the parts: the only place that knows store, runtime, connector, engine and use cases together.

mod keys;
mod start;

pub use keys::{KeyError, Keys};
pub use start::{App, Parts, StartError, Storage};
