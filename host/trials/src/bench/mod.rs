//! How fast this machine is at what matters: durable writes, calls of plugin code, and the whole
//! way from a request to the effects of a robot.
//!
//! `run` measures one thing after the other: `office` starts a host with a tenant, `chats` works in
//! it over HTTP, `calls` calls a robot without it. The store and the runtime measure themselves.
//! Clients and host share the machine, so figures over HTTP are those of both.

mod calls;
mod chats;
mod error;
mod office;
mod run;
mod writes;

pub use error::BenchError;
pub use run::{Options, run};
pub use writes::BenchError as StoreBench;
