//! Outbound HTTP: one request, one answer, under the egress rule.
//!
//! `egress` says which addresses may be spoken to, `fill` puts secrets into a request, `http` sends it, `recording` is the test
//! double that sends nothing.

mod egress;
mod fill;
mod http;
mod recording;

pub use egress::{EgressError, EgressRule};
pub use http::HttpConnector;
pub use recording::RecordingConnector;
