//! Wires the parts: the only place that knows store, runtime, connector, engine and use cases
//! together.
#![cfg_attr(
    test,
    expect(clippy::needless_pass_by_value, reason = "tests give JSON away as they write it")
)]

pub mod bundles;
pub mod config;
mod key_mark;
mod keys;
mod server;
mod start;
mod start_error;
mod time;
mod wraps;

pub use keys::{KeyError, Keys};
pub use server::{Listen, Server, ServerError};
pub use start::{App, Parts, Storage};
pub use start_error::StartError;
pub use time::advance;
pub use wraps::{Wrap, Wraps};
