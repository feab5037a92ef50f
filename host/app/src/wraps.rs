//! What scenarios put between the parts of a host, so that they can stop and race it. A host that
//! serves has none of it.

use std::fmt;
use std::sync::Arc;

use stagewright_core::seams::{Plugins, Store};

/// Puts something around a seam.
pub type Wrap<T> = Box<dyn FnOnce(Arc<T>) -> Arc<T> + Send>;

/// What is put around the seams; nothing by default.
#[derive(Default)]
pub struct Wraps {
    /// Around the store, below the engine's ear.
    pub store: Option<Wrap<dyn Store>>,
    /// Around the store as requests see it; the engine commits past it.
    pub requests: Option<Wrap<dyn Store>>,
    /// Around what runs plugin code.
    pub plugins: Option<Wrap<dyn Plugins>>,
}

impl fmt::Debug for Wraps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wraps")
            .field("store", &self.store.is_some())
            .field("requests", &self.requests.is_some())
            .field("plugins", &self.plugins.is_some())
            .finish()
    }
}

/// `seam` with what is to be around it.
pub(super) fn wrapped<T: ?Sized>(seam: Arc<T>, wrap: Option<Wrap<T>>) -> Arc<T> {
    match wrap {
        Some(wrap) => wrap(seam),
        None => seam,
    }
}
