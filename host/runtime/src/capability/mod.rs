//! What a guest may ask the host, one file per interface of the contract. Each function counts the
//! call and passes the question on; rules and permissions are the scope's.

mod calendar;
mod channel_settings;
mod clock;
mod directory;
mod history;
mod http;
mod log;
mod messaging;
mod notify;
mod records_change;
mod records_observe;
mod records_read;
mod secret_check;
mod wait;
mod work;

use super::bindings::{call, http as channel_http, types};
use super::state::CallState;

// Interfaces of types alone still have a trait in the bindings.
impl types::Host for CallState {}
impl call::Host for CallState {}
impl channel_http::Host for CallState {}
