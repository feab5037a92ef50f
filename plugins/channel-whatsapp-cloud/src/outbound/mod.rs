//! What the channel sends to Meta, one request at a time, and what the answers mean.

mod answer;
mod attachment;
mod errors;
mod lookup;
mod message;
mod plan;
mod request;
mod steps;
mod upload;

pub(crate) use errors::explain;
pub(crate) use request::SECRET;
pub(crate) use steps::send;
