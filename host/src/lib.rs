//! The Stagewright host: keeps CRM state, runs plugins, serves the HTTP API.
//!
//! Start with `app` for how the parts are wired, `docs/ARCHITECTURE.md` for why. `service`, `engine`, `store`, `runtime` and
//! `connector` each know [`stagewright_core`] and never one another.

pub mod clock;
pub mod connector;
pub mod engine;
pub mod http;
pub mod runtime;
pub mod secrets;
pub mod service;
pub mod store;
