//! Matches one event against the automations of one item, exactly once.

mod call;
mod decide;
mod judge;
mod listening;
mod plan;

pub use call::Call;
pub use decide::{Dispatched, Verdicts, decide};
pub(crate) use listening::listening;
pub(crate) use plan::excluded;
pub use plan::{Ask, plan};
