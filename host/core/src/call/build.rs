//! What is called.

use serde::{Deserialize, Serialize};

use super::limits::CallLimits;

/// Which build of which plugin is called, and within which limits.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Build {
    /// The plugin's id, `publisher.name`.
    pub plugin: String,
    /// Its version.
    pub version: String,
    /// SHA-256 of the component, hexadecimal: the compiled code's identity.
    pub component: String,
    /// Its limits.
    pub limits: CallLimits,
}
