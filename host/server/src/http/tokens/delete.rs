//! `DELETE /v1/tokens/{id}`

use axum::extract::State;
use serde::Deserialize;

use crate::http::answer::{Answer, nothing};
use crate::http::context::Call;
use crate::http::params::{Asked, Ids};
use crate::http::state::App;
use crate::service::{Wishes, tenant_asked};

/// Whose token.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct DeleteQuery {
    tenant: Option<String>,
}

/// Deletes a token: the next request with it is refused. A platform admin names the `tenant` whose
/// token it is in the query.
pub(in crate::http) async fn delete_token(
    State(app): App,
    call: Call,
    Ids(id): Ids<String>,
    Asked(asked): Asked<DeleteQuery>,
) -> Answer {
    let tenant = tenant_asked(call.caller.token(), asked.tenant.as_deref())?;
    let command = call.begin(&app, tenant, Wishes::default())?;
    app.service.delete_token(&command, &id).await?;
    Ok(nothing())
}
