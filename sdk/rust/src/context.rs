//! A call with what it is about.

use crate::Call;

/// A call as the host makes it: which offer, with which settings.
#[derive(Debug, Clone)]
pub struct Context {
    /// The id of the robot or trigger.
    pub offer: String,
    /// The settings as JSON.
    pub settings: String,
    /// The rest.
    pub call: Call,
}
