//! The loops: events are matched, steps run, deliveries sent, old rows forgotten. Everything that
//! matters is a due row; what is kept in memory here (which tenant has something due next, which
//! lanes execute) is rebuilt at start from those rows.
//!
//! `scheduler` decides what runs next: `horizon` knows where something is due, `places` who works
//! on what, `waiting` what waits for its lane, `stumbles` what is left alone for a while. `work`
//! does one piece of it.

mod answers;
mod deliver;
mod dispatch;
mod handle;
mod horizon;
mod idle;
mod job;
mod noticed;
mod places;
mod scheduler;
mod step;
mod stumbles;
mod sweep;
#[cfg(test)]
mod tests;
mod waiting;
mod work;

pub use answers::Answers;
pub use handle::EngineHandle;
pub use noticed::{Noticed, Signal};
pub use scheduler::Engine;
pub use work::Worker;
