//! The tenant's history.

mod count;
mod list;

pub(super) use count::count_history;
pub(super) use list::list_history;
