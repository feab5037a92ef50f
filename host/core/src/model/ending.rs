//! How what waited for its turn came to nothing.

use serde::{Deserialize, Serialize};

/// Why something that waited will not run.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CancelReason {
    /// The item left the stage.
    StageLeft,
    /// The item was deleted.
    ItemDeleted,
    /// The robot before it failed, and it is set to stop then.
    PreviousFailed,
    /// A version was published that said so.
    VersionReplaced,
    /// A person cancelled the run.
    ByUser,
}

/// What a failure that nothing tries again was.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureClass {
    /// Tries ran out.
    Transient,
    /// Another try would have failed as well.
    Permanent,
}
