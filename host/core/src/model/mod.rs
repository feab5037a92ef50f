//! The rows: what is kept, and under which key. One file per noun; rules live in
//! [`crate::command`].

pub mod automation;
pub mod calendar;
pub mod channel;
pub mod conversation;
pub mod delivery;
pub mod due;
pub mod ending;
pub mod event;
pub mod file;
pub mod group;
pub mod history;
pub mod job;
pub mod kind;
pub mod notification;
pub mod pauses;
pub mod pipeline;
pub mod plugin;
pub mod record;
pub mod rotation;
pub mod run;
pub mod tenant;
pub mod timeline;
pub mod webhook;
