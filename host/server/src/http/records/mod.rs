//! `/v1/records`: CRM records of every kind, and what was done to each.

mod automation;
mod change;
mod files;
mod look;
mod past;
mod view;

pub(super) use automation::show_automation;
pub(super) use change::{change_record, create_record, delete_record, merge_record, move_item};
pub(super) use files::{attach_file, fetch_file, list_files};
pub(super) use look::{list_records, show_record};
pub(super) use past::{show_history, show_timeline};
