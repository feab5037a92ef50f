//! Work groups.

mod list;
mod put;
mod show;

pub(super) use list::list_groups;
pub(super) use put::put_group;
pub(super) use show::show_group;
