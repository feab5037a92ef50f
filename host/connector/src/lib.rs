//! Outbound HTTP: one request, one answer, under the egress rule.
//!
//! `egress` says which servers may be spoken to, `resolve` finds where they are, `fill` puts
//! secrets into a request, `http` sends it, `scrub` takes secrets out of the answer.

mod egress;
mod fill;
mod http;
mod resolve;
mod scrub;
#[cfg(test)]
mod tests;

pub use egress::{EgressError, EgressRule};
pub use http::HttpConnector;
