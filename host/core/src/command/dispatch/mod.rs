//! Matches one event against the automations of one item, exactly once.

mod decide;
mod plan;

pub use decide::{Dispatched, Verdicts, decide};
pub(crate) use plan::excluded;
pub use plan::{Ask, plan};
