//! What a call used, and what it logged.

use serde::{Deserialize, Serialize};

/// What a call used.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Usage {
    /// Fuel.
    pub fuel: u64,
    /// Peak of summed memory in bytes.
    pub memory_bytes: u64,
    /// Host calls.
    pub host_calls: u32,
}

/// A line of a call's log.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct LogLine {
    /// `debug`, `info`, `warn` or `error`.
    pub level: String,
    /// The text.
    pub message: String,
}
