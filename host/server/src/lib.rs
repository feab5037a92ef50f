//! The server: the HTTP API, the use cases behind it, and the engine that does what is due.
//!
//! `http` reads requests and writes answers, `service` holds the use cases, `engine` claims due
//! rows and does them. They know [`stagewright_core`] with its seams, and no store, runtime or
//! connector: those are given to them by `stagewright-app`.
#![cfg_attr(
    test,
    expect(clippy::needless_pass_by_value, reason = "tests give JSON away as they write it")
)]

pub mod activity;
pub mod automation_file;
pub mod blobs;
pub mod clock;
pub mod durable;
pub mod engine;
pub mod http;
pub mod secrets;
pub mod service;
