//! `/v1/tenants`: tenants, the platform's customers.

use axum::extract::State;
use serde::{Deserialize, Serialize};

use stagewright_core::id::TenantId;
use stagewright_core::model::tenant::Tenant;
use stagewright_core::time::Timestamp;

use super::answer::{Answer, Json};
use super::body::{Body, Nothing};
use super::context::Call;
use super::page::{Items, PageQuery};
use super::params::Asked;
use super::state::App;
use super::tokens::MadeTokenView;
use crate::service::{NewTenant, Wishes};

/// A tenant as clients ask for it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TenantBody {
    /// Name for people.
    name: String,
    /// IANA time zone.
    time_zone: String,
    /// The language of its texts.
    language: String,
    /// ISO 3166 country for phone numbers written without one.
    country: String,
}

/// A tenant as clients see it.
#[derive(Debug, Serialize)]
pub(super) struct TenantView {
    id: TenantId,
    name: String,
    time_zone: String,
    language: String,
    country: String,
    created_at: Timestamp,
}

/// A tenant as whoever made it sees it, once: with the token of its first admin.
#[derive(Debug, Serialize)]
pub(super) struct MadeTenantView {
    #[serde(flatten)]
    tenant: TenantView,
    token: MadeTokenView,
}

impl From<TenantBody> for NewTenant {
    fn from(body: TenantBody) -> Self {
        let TenantBody { name, time_zone, language, country } = body;
        Self { name, time_zone, language, country }
    }
}

impl TenantView {
    fn of(tenant: Tenant) -> Self {
        let Tenant { id, name, time_zone, language, country, created_at } = tenant;
        Self { id, name, time_zone, language, country, created_at }
    }
}

/// `GET /v1/tenants`: lists tenants by id.
pub(super) async fn list_tenants(
    State(app): App,
    Asked(asked): Asked<PageQuery>,
) -> Answer<Items<TenantView>> {
    let found = app.service.tenants(&asked.page()?).await?;

    let views = found.rows.into_iter().map(|(_, tenant, _)| TenantView::of(tenant));
    Ok(Items::new(views, found.next))
}

/// `POST /v1/tenants`: makes a tenant. Answers 201 with it and the token of its first admin, whose
/// secret is shown this once: repeating the request under its `Idempotency-Key` makes nothing and
/// answers 409 `idempotency.secret-not-repeatable`.
pub(super) async fn create_tenant(
    State(app): App,
    call: Call,
    Asked(Nothing {}): Asked<Nothing>,
    Body { value, raw }: Body<TenantBody>,
) -> Answer<Json<MadeTenantView>> {
    let command = call.begin(&app, call.caller.tenant(), Wishes::default())?;
    let (tenant, admin) =
        app.service.create_tenant(&command, call.once(&raw).as_ref(), &value.into()).await?;

    let tenant = TenantView::of(tenant);
    Ok(Json::created(&MadeTenantView { tenant, token: MadeTokenView::of(admin) }))
}
