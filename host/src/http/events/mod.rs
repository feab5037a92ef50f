//! Events fired from outside.

mod fire;

pub(super) use fire::fire_event;
