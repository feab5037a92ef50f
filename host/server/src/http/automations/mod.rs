//! `/v1/automations`: stage automations, drafts and what is published.

mod drafts;
mod files;
mod publish;
mod view;

pub(super) use drafts::{list_automations, put_automation, show_automation};
pub(super) use files::{export_automations, import_automations};
pub(super) use publish::{apply_automation, publish_automation};
pub(super) use view::RobotView;
