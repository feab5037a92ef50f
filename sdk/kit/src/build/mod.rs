//! From a plugin's folder to its bundle.
//!
//! - `bundles`: the steps, from folders to bundles; `options` what may be chosen.
//! - `project`: the cargo workspaces that the folders belong to.
//! - `cargo`: compiles the modules; `environment` the clean one that cargo is called in.
//! - `stamp`: whether a bundle is still what its sources would give.
//! - `lock_file`: keeps `Cargo.lock` as it was; `replace` writes a file whole or not at all.

mod bundles;
mod cargo;
mod environment;
mod error;
mod lock_file;
mod options;
mod project;
mod replace;
mod stamp;

pub use bundles::{build, build_all, build_with};
pub use error::BuildError;
pub use options::Options;
