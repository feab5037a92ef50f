//! Robots: which there are, and running one now.

mod invoke;
mod list;

pub(super) use invoke::invoke_robot;
pub(super) use list::list_robots;
