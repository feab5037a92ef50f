//! `GET /v1/plugins`

use axum::extract::State;

use super::plugin_view;
use crate::http::answer::Answer;
use crate::http::auth::Caller;
use crate::http::body::Nothing;
use crate::http::page::listed;
use crate::http::params::Asked;
use crate::http::state::App;

/// Lists the installed plugins with what each asks for and can do; a tenant sees what it granted.
/// Always whole, without pages.
pub(in crate::http) async fn list_plugins(
    State(app): App,
    caller: Caller,
    Asked(Nothing {}): Asked<Nothing>,
) -> Answer {
    let tenant = caller.own_tenant();
    let found = app.service.plugins(tenant).await?;

    let items =
        found.iter().map(|(plugin, grant)| plugin_view(plugin, grant.as_ref(), tenant.is_some()));
    Ok(listed(items.collect(), None))
}
