//! CRM records of every kind.

mod automation;
mod change;
mod create;
mod delete;
mod files;
mod history;
mod list;
mod merge;
mod move_item;
mod show;
mod timeline;

pub(super) use automation::show_automation;
pub(super) use change::change_record;
pub(super) use create::create_record;
pub(super) use delete::delete_record;
pub(super) use files::{attach_file, fetch_file, list_files};
pub(super) use history::show_history;
pub(super) use list::list_records;
pub(super) use merge::merge_record;
pub(super) use move_item::move_item;
pub(super) use show::show_record;
pub(super) use timeline::show_timeline;
