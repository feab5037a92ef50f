//! Open lines.

mod list;
mod put;
mod show;

pub(super) use list::list_lines;
pub(super) use put::put_line;
pub(super) use show::show_line;
