//! `GET /v1/plugins/{id}`

use axum::extract::State;
use serde_json::json;

use stagewright_core::model::plugin::Grant;

use super::plugin_view;
use crate::http::answer::{Answer, ok};
use crate::http::auth::Caller;
use crate::http::body::Nothing;
use crate::http::params::{Asked, Ids};
use crate::http::state::App;

/// Shows an installed plugin with its catalogue and its limits.
pub(in crate::http) async fn show_plugin(
    State(app): App,
    caller: Caller,
    Asked(Nothing {}): Asked<Nothing>,
    Ids(id): Ids<String>,
) -> Answer {
    let plugin = app.service.plugin(&id).await?;
    let tenant = caller.own_tenant();
    let grant = match tenant {
        Some(tenant) => app.service.find::<Grant>(&Grant::key(tenant, &id)).await?,
        None => None,
    };

    let mut view = plugin_view(&plugin, grant.as_ref(), tenant.is_some());
    if let Some(map) = view.as_object_mut() {
        map.insert("catalogue".into(), json!(plugin.catalogue));
        map.insert("limits".into(), json!(plugin.limits));
    }
    Ok(ok(view))
}
