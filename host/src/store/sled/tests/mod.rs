//! What only the embedded store promises: folders, damage, syncs, and readers that look in while a group is being applied.

mod fixture;

crate::store::conformance::conforms!(fixture::subject);
