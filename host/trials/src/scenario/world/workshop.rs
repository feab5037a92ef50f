//! What scenarios of one process share.

use std::path::PathBuf;

use stagewright_app::Keys;

use super::bundles::Bundles;

/// What scenarios of one process share: nothing of the CRM, only what costs time to make.
#[derive(Debug)]
pub(in crate::scenario) struct Workshop {
    /// The plugins' bundles.
    pub(in crate::scenario) bundles: Bundles,
    /// The folder for components, compiled code and the stores of scenarios. Gone with this.
    pub(in crate::scenario) dir: PathBuf,
    /// The keys that compiled code is authenticated with.
    pub(in crate::scenario) keys: Keys,
}

impl Drop for Workshop {
    fn drop(&mut self) {
        // What cannot be removed is the system's to tidy up.
        std::fs::remove_dir_all(&self.dir).ok();
    }
}
