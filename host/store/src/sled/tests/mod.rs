//! What only the embedded store promises: folders, damage, syncs, and readers that look in while a
//! group is being applied.

mod concurrent;
pub(crate) mod fixture;
mod folder;
mod stopping;
mod storing;

crate::conformance::conforms!(fixture::subject);
