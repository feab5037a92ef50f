//! Runs plugin code: WebAssembly components in wasmtime, each call in a fresh instance within its
//! limits.
//!
//! Nothing else in the host knows of wasmtime. Start with [`Runtime`] (`registry.rs`), which the
//! rest of the host sees as [`stagewright_core::seams::Plugins`]; `call.rs` is one call from
//! beginning to end, `ask.rs` what a guest is asked and says in it; `capability/` holds what a
//! guest may ask the host, one file per interface; `install.rs` decides whether a component is fit
//! to be installed. Compilation happens on one thread of its own (`compiler.rs`) and its results
//! are kept (`cache.rs`). Tests of the engine use [`stagewright_core::doubles::ScriptedPlugins`]
//! instead of all of it.

pub mod bench;

mod ask;
mod bindings;
mod cache;
mod call;
mod capability;
mod chance;
mod compiler;
mod component;
mod convert;
mod engine;
mod executor;
mod failure;
mod install;
mod limits;
mod log;
mod plugins;
mod registry;
mod state;
#[cfg(test)]
mod tests;

pub use cache::CacheKey;
pub use component::Exports;
pub use install::{InstallError, Prepared};
pub use registry::{ComponentSource, Runtime, RuntimeConfig, RuntimeError};
