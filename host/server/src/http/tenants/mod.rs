//! Tenants: the platform's customers.

mod create;
mod list;

pub(super) use create::create_tenant;
pub(super) use list::list_tenants;
