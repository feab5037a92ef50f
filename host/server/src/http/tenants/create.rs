//! `POST /v1/tenants`

use axum::extract::State;
use serde::Deserialize;
use serde_json::json;

use crate::http::answer::{Answer, CREATED, json};
use crate::http::body::{Body, Nothing};
use crate::http::context::Call;
use crate::http::params::Asked;
use crate::http::state::App;
use crate::http::tokens::revealed;
use crate::service::{NewTenant, Wishes};

/// A tenant to be.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct TenantBody {
    name: String,
    time_zone: String,
    language: String,
    country: String,
}

/// Makes a tenant. Answers 201 with it and the token of its first admin, whose secret is shown this
/// once: repeating the request under its `Idempotency-Key` makes nothing and answers 409
/// `idempotency.secret-not-repeatable`.
pub(in crate::http) async fn create_tenant(
    State(app): App,
    call: Call,
    Asked(Nothing {}): Asked<Nothing>,
    Body { value, raw }: Body<TenantBody>,
) -> Answer {
    let new = NewTenant {
        name: value.name,
        time_zone: value.time_zone,
        language: value.language,
        country: value.country,
    };

    let command = call.begin(&app, call.caller.tenant(), Wishes::default())?;
    let (tenant, admin) =
        app.service.create_tenant(&command, call.once(&raw).as_ref(), &new).await?;

    let mut view = json!(tenant);
    if let Some(map) = view.as_object_mut() {
        map.insert("token".into(), revealed(&admin.token, &admin.secret));
    }
    Ok(json((CREATED, view)))
}
