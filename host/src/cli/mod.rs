//! The command line: one file per command, and `command` that chooses among them.
//!
//! `say` speaks to the user, `told` is how an error is told, `log` writes the log, `panics` keeps
//! quiet those that the store catches. `remote` is the host that a command asks.

mod automation;
mod bench;
mod command;
mod demo;
mod log;
mod panics;
mod plugin;
mod plugin_remote;
mod progress;
mod remote;
mod say;
mod scenario;
mod serve;
mod storage;
mod told;
mod why;

pub(crate) use command::{Cli, run};
pub(crate) use panics::quiet_caught_panics;
pub(crate) use say::{err, out};
pub(crate) use told::told;
