//! A stand-in for the servers outside: Meta's API for WhatsApp, a gateway that speaks signed JSON,
//! and a server like any other.
//!
//! It runs on this machine's loopback address, for the demo, scenarios and tests, and refuses what
//! the real ones refuse: a wrong token, JSON of the wrong shape, a free text outside the 24 hours,
//! a template that is not approved, too many messages at once. It keeps the raw bytes of every
//! request in order, can be told to answer late, wrongly or not at all, and makes the signed bytes
//! that a provider would send. It knows nothing of the host; both meet in HTTP alone.
//!
//! Start with [`StandIn::start`]; `meta` is Meta's API, `gateway` the one of signed JSON,
//! `ordinary` the server like any other, `server` what all three share.

mod gateway;
mod kept;
mod meta;
mod notification;
mod notify;
mod options;
mod ordinary;
mod rate;
mod record;
mod reply;
mod script;
mod server;
mod sign;
mod stand_in;
mod state;
mod wire;

#[cfg(test)]
mod tests;

pub use meta::{Accepted, Became};
pub use notification::{Notification, Packing};
pub use options::{Number, Options, Template};
pub use rate::Rate;
pub use record::Received;
pub use script::Script;
pub use stand_in::StandIn;
