//! Write Stagewright robots, triggers and channels in Rust.
//!
//! A plugin is a crate with one type per robot, trigger or channel and one [`plugin!`] line. The
//! fields of the type are its settings; [`Settings`] makes the catalogue entry and the decoding
//! from them, so that form and code cannot drift apart. `README.md` beside this crate walks through
//! a first robot.
//!
//! Where to look: [`Robot`], [`Trigger`] and [`Channel`] are what an author implements; [`Run`] and
//! [`Call`] are what they may ask of the host; [`mod@test`] is a host for unit tests that need no
//! WebAssembly at all.

// The read-me's robot is compiled and run with the tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}

pub mod log;
pub mod prelude;

mod call;
mod catalogue;
mod channel;
mod context;
mod export;
mod failure;
mod host;
mod http;
mod message;
mod record;
mod results;
mod robot;
mod run;
mod settings;
mod text;
mod time;
mod trigger;
mod work;

#[cfg(target_arch = "wasm32")]
pub mod raw;
#[cfg(not(target_arch = "wasm32"))]
pub mod test;

pub use call::{Call, Profile};
pub use catalogue::Catalogue;
pub use channel::{
    Authenticity, Channel, Delivery, InboundEvent, Job, Secret, Step, now, public_url,
    secret_equals, secret_signed,
};
pub use context::Context;
pub use failure::{Failure, HostError};
pub use http::{Header, Incoming, Reply, Request, Response};
pub use message::{Message, Template};
pub use record::{Record, RecordRef};
pub use results::{ResultField, Results};
pub use robot::{Done, Outcome, Robot, done, skip};
pub use run::Run;
pub use settings::{Choice, Fields, Setting, Settings};
pub use stagewright_catalogue::{ResultKind, SettingKind};
pub use stagewright_sdk_macros::{Results, Settings};
pub use text::Text;
pub use time::{Shift, duration_ms};
pub use trigger::{Change, Event, Trigger, Verdict};
pub use work::{Activity, Assignment, ChecklistItem, MadeTasks, Task};

pub use serde_json;

/// What [`plugin!`] writes into a plugin; not for authors.
#[doc(hidden)]
pub mod internal {
    pub use crate::channel::{authenticate, receive, send};
    #[cfg(target_arch = "wasm32")]
    pub use crate::export::report_panics;
    pub use crate::robot::run;
    pub use crate::trigger::evaluate;
}
