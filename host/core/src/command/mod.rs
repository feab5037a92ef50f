//! What can be done, one command a file: each a pure function over a [`Tx`](crate::tx::Tx) that
//! checks, refuses or writes.
//!
//! Commands of clients and effects of robots are the same functions, so that both obey the same
//! rules.

pub mod accept_conversation;
pub mod add_observers;
pub mod assign;
pub mod attach_files;
pub mod change_record;
pub mod complete_tasks;
pub mod create_record;
pub mod delete_record;
pub mod deliver;
pub mod dispatch;
pub mod export_automations;
pub mod fire_event;
pub mod idle;
pub mod import_automations;
pub mod ingest;
pub mod ingest_status;
pub mod invoke_robot;
pub mod job;
pub mod move_item;
pub mod notify;
pub mod preview_template;
pub mod publish_automation;
pub mod put_automation;
pub mod put_calendar;
pub mod put_channel;
pub mod put_group;
pub mod put_kind;
pub mod put_line;
pub mod put_pipeline;
pub mod reply;
pub mod retry_run;
pub mod send_message;
pub mod settle_delivery;
pub mod step;
pub mod webhook;
pub mod write_history;

mod calendars;
mod departments;
mod emit;
mod facts;
mod fetch;
mod hand_over;
mod history;
mod items;
mod records;
mod runs;
mod schedule;
mod setting_links;
mod work;

pub use emit::{Draft, emit, note};
pub use records::{check_version, fields_of, require_link, tenant};
pub(crate) use schedule::calendar_for;
