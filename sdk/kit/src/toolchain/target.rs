//! What plugins are compiled for.

/// The target that plugins are compiled for.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";
