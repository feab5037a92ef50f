//! The channel against the mock host.
#![cfg(test)]

mod answers;
mod attachments;
mod authentic;
mod hostile;
mod lookups;
mod messages;
mod notifications;
mod robot;
mod sending;
mod support;
