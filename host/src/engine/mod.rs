//! The loops: events are matched, steps run, deliveries sent, old rows forgotten. Everything that matters is a due row; what is
//! kept in memory here (which tenant has something due next, which lanes execute) is rebuilt at start from those rows.
//!
//! `scheduler` decides what runs next, `work` does one piece of it.

mod deliver;
mod dispatch;
mod horizon;
mod noticed;
mod scheduler;
mod step;
mod sweep;
#[cfg(test)]
mod tests;
mod work;

pub use noticed::{Noticed, Signal};
pub use scheduler::{Engine, EngineHandle};
pub use work::Worker;
