//! `GET /v1/tenants`

use axum::extract::State;
use serde::Deserialize;
use serde_json::json;

use stagewright_core::model::tenant::Tenant;

use crate::http::answer::Answer;
use crate::http::page::{listed, page};
use crate::http::params::Asked;
use crate::http::state::App;
use crate::service::{Order, tenants_prefix};

/// Which page.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct TenantQuery {
    limit: Option<usize>,
    cursor: Option<String>,
}

/// Lists tenants by id.
pub(in crate::http) async fn list_tenants(
    State(app): App,
    Asked(asked): Asked<TenantQuery>,
) -> Answer {
    let page = page(asked.limit, asked.cursor.as_deref())?;
    let found =
        app.service.list::<Tenant>(&tenants_prefix(), &page, Order::Forward, |_| true).await?;
    Ok(listed(found.rows.iter().map(|(_, tenant, _)| json!(tenant)).collect(), found.next))
}
