//! One step: what the robot is told, and what becomes of the run when it has answered.

mod callee;
mod fill;
mod plan;
mod settle;
mod version;

pub(in crate::command) use callee::build_of;
pub use plan::{Plan, Planned, plan};
pub use settle::{Ending, finish, pause, postpone, settle};
