//! Builds, checks and packs Stagewright plugins: what `stagewright plugin build|check|pack` does,
//! and what the host reads bundles with.
//!
//! Where to look: [`build`] turns a folder into a bundle, [`Bundle`] is the file format, [`check`]
//! compares what a component imports with what its manifest declares. `README.md` beside this crate
//! describes the manifest and the file format.

mod build;
mod bundle;
mod check;
mod component;
mod manifest;
mod process;
mod progress;
mod scope;
mod toolchain;

pub use build::{BuildError, Options, build, build_all, build_with};
pub use bundle::{Bundle, BundleError, Problem, pack};
pub use check::{Finding, Report, check};
pub use component::{Export, encode, exports, imports};
pub use manifest::{Limits, Manifest, ManifestError, Permission, PluginSection};
pub use progress::Progress;
pub use scope::Scope;
pub use toolchain::{Route, Toolchain, ToolchainError};
