//! Wires the parts: the only place that knows store, runtime, connector, engine and use cases
//! together.

pub mod bundles;
pub mod config;
mod keys;
mod server;
mod start;
mod time;
mod wraps;

pub use keys::{KeyError, Keys};
pub use server::{Listen, Server, ServerError};
pub use start::{App, Parts, StartError, Storage};
pub use time::advance;
pub use wraps::{Wrap, Wraps};
