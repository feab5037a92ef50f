//! How large a bundle may be. A Python component is 18 MB and a JavaScript one 1 MB, so these leave
//! room without inviting a flood.

/// The whole file.
pub(crate) const BUNDLE_BYTES_MAX: usize = 40 << 20;
/// The component.
pub(crate) const COMPONENT_BYTES_MAX: usize = 32 << 20;
/// Manifest, read-me, icon, each scenario and translation.
pub(crate) const TEXT_BYTES_MAX: usize = 1 << 20;
/// How many files.
pub(crate) const ENTRIES_MAX: usize = 200;
/// A name fits the plain header field of every tar.
pub(crate) const NAME_BYTES_MAX: usize = 100;
