//! The bundle: one file that holds a plugin.
//!
//! **Shape**: an uncompressed tar of regular files, sorted by name, with every date and owner zero,
//! so that the same contents are the same bytes. The identity of a plugin is the hash of its
//! contents, not of the tar.
//!
//! **Limits**: see [`limits`].
//!
//! - `opened`: [`Bundle`]; `open` reads its files and checks each.
//! - `pack`: writes one; `names` which files there may be, `hash` what stands for them all.

mod error;
mod hash;
pub(crate) mod limits;
mod names;
mod open;
mod opened;
pub(crate) mod pack;

pub use error::{BundleError, Problem};
pub use opened::Bundle;
pub use pack::pack;
