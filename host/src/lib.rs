//! The Stagewright host: keeps CRM state, runs plugins, serves the HTTP API.
//!
//! Start with `app` for how the parts are wired, `docs/ARCHITECTURE.md` for why. `service`,
//! `engine`, `store`, `runtime` and `connector` each know [`stagewright_core`] and never one
//! another.

pub mod activity;
pub mod app;
pub mod automation_file;
pub mod bench;
pub mod blobs;
pub mod bundles;
pub mod cli;
pub mod client;
pub mod clock;
pub mod config;
pub mod connector;
pub mod demo;
mod durable;
pub mod engine;
pub mod http;
mod measure;
pub mod runtime;
pub mod scenario;
pub mod secrets;
pub mod service;
pub mod store;
