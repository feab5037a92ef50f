//! What may be chosen about a build.

use std::path::PathBuf;

use crate::toolchain::Route;

/// What may be chosen about a build.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Where to build; else `plugins` in the workspace's target folder.
    pub target_dir: Option<PathBuf>,
    /// The only way to get a compiler; else the first that is open.
    pub route: Option<Route>,
}
