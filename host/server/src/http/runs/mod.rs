//! `/v1/runs`: what automation did, step by step.

mod change;
mod look;
mod view;

pub(super) use change::{cancel_run, rerun_step, retry_run};
pub(super) use look::{list_runs, show_run};
pub(super) use view::RunView;
