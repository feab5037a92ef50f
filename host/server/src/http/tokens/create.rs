//! `POST /v1/tokens`

use axum::extract::State;
use serde::Deserialize;

use stagewright_core::model::tenant::Role;

use super::revealed;
use crate::http::answer::{Answer, CREATED, json};
use crate::http::body::{Body, Nothing};
use crate::http::context::Call;
use crate::http::params::Asked;
use crate::http::state::App;
use crate::service::{NewToken, Wishes, tenant_for};

/// A token to be.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct TokenBody {
    name: String,
    role: Role,
    user: Option<String>,
    tenant: Option<String>,
}

/// Makes a token. Answers 201 with its secret, which is shown this once and kept nowhere: repeating
/// the request under its `Idempotency-Key` makes no second token and answers 409
/// `idempotency.secret-not-repeatable`.
pub(in crate::http) async fn create_token(
    State(app): App,
    call: Call,
    Asked(Nothing {}): Asked<Nothing>,
    Body { value, raw }: Body<TokenBody>,
) -> Answer {
    let tenant = tenant_for(call.caller.token(), value.role, value.tenant.as_deref())?;
    let new = NewToken { name: value.name, tenant, role: value.role, user: value.user };

    let command = call.begin(&app, tenant, Wishes::default())?;
    let made = app.service.create_token_once(&command, call.once(&raw).as_ref(), &new).await?;
    Ok(json((CREATED, revealed(&made.token, &made.secret))))
}
