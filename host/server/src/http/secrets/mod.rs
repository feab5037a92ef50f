//! Secrets: written, never read back.

mod list;
mod put;

pub(super) use list::list_secrets;
pub(super) use put::put_secret;
