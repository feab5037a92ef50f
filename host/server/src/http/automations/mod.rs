//! Stage automations: drafts and what is published.

mod apply;
mod export;
mod import;
mod list;
mod publish;
mod put;
mod show;

pub(super) use apply::apply_automation;
pub(super) use export::export_automations;
pub(super) use import::import_automations;
pub(super) use list::list_automations;
pub(super) use publish::publish_automation;
pub(super) use put::put_automation;
pub(super) use show::show_automation;
