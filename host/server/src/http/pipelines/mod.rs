//! Pipelines and their stages.

mod list;
mod put;
mod show;

pub(super) use list::list_pipelines;
pub(super) use put::put_pipeline;
pub(super) use show::show_pipeline;
