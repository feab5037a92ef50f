//! Business calendars.

mod list;
mod put;
mod show;

pub(super) use list::list_calendars;
pub(super) use put::put_calendar;
pub(super) use show::show_calendar;
