//! The answer about a robot.

mod answer;
mod not_started;
mod said;
mod step;
mod without_run;

pub(super) use answer::answer;
