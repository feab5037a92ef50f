//! What a cut leaves.

/// What a power cut leaves of what was not synced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// Nothing.
    Nothing,
    /// Any part of it, as this seed says.
    Some(u64),
    /// Everything: the folder as the process saw it.
    Everything,
}
