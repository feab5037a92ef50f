//! Triggers: which there are.

mod list;

pub(super) use list::list_triggers;
