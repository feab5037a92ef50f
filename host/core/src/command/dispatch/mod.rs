//! Matches one event against the automations of one item, exactly once.

mod call;
mod decide;
mod plan;

pub use call::Call;
pub use decide::{Dispatched, Verdicts, decide};
pub use plan::{Ask, plan};
pub(crate) use plan::{excluded, listening};
