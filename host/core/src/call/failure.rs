//! A call that failed: whose fault it is, and whether trying again may help.

use serde::{Deserialize, Serialize};

use super::limit::Limit;

/// Whose fault a failed call is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Blame {
    /// Settings or data that do not make sense.
    Caller,
    /// The plugin's code.
    Plugin,
    /// A server outside.
    Remote,
    /// The host.
    Host,
}

/// Whether trying again may help.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Retry {
    /// It will not.
    Never,
    /// After the usual back-off, or after this many milliseconds if that is longer.
    After(i64),
}

/// A failed call.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CallFailure {
    /// Whose fault it is.
    pub blame: Blame,
    /// Stable code: a [`Limit`]'s, `plugin.trap`, `plugin.bad-answer`, `plugin.missing`,
    /// `plugin.receive`, `plugin.send`, `host.panic`, `store.unavailable`, or
    /// `plugin.<the plugin's own>`.
    pub code: String,
    /// What, where, used, limit, what to do.
    pub message: String,
    /// The setting at fault.
    pub setting: Option<String>,
    /// Whether to try again.
    pub retry: Retry,
}

impl CallFailure {
    /// The limit that the plugin passed, if that is why it failed.
    #[must_use]
    pub fn passed_limit(&self) -> Option<Limit> {
        Limit::of(&self.code).filter(|_| self.blame == Blame::Plugin)
    }
}
