//! `/v1/plugins`: plugins, installed for the platform and enabled by each tenant.
//!
//! `installed` lists, shows and installs them; `grants` enables them; `view` has what clients see.

mod grants;
mod installed;
mod view;

pub(super) use grants::grant_plugin;
pub(super) use installed::{install_plugin, list_plugins, show_plugin};
