//! The world of one scenario: a host on a store of its own, a clock, a stand-in for the providers,
//! and what names stand for.

mod act;
mod bundles;
mod call;
mod gate;
mod host;
mod names;
mod people;
mod provider;
mod running;
mod setup;
mod time;
mod under_way;
mod workshop;

pub(super) use act::Outcome as ActOutcome;
pub(super) use bundles::Bundles;
pub use host::StoreKind;
pub(super) use names::Names;
pub(super) use provider::Sent;
pub(super) use running::World;
pub(super) use setup::make_dir;
pub(super) use workshop::Workshop;
