//! A way to compile Rust for `wasm32-unknown-unknown`.
//!
//! First the target of the active toolchain; else rustup adds it; else Debian's packages of the
//! compiler that browsers are built with, unpacked into a cache folder. Those carry the sources of
//! `std`, which is then built along.
//!
//! - `choice`: tries these ways in turn, and calls cargo with what was found.
//! - `rustup`, `debian` with `apt`: the ways themselves.
//! - `cache`: the cache folder, and the lock on it.

mod apt;
mod cache;
mod choice;
mod debian;
mod error;
mod rustup;
mod target;

pub(crate) use cache::Lock;
pub use choice::{Route, Toolchain};
pub use error::ToolchainError;
pub(crate) use target::TARGET;
