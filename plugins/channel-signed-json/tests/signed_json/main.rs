//! The channel against the mock host.
#![cfg(test)]

mod inbound;
mod outbound;
