//! `DELETE /v1/tokens/{id}`

use axum::extract::State;

use crate::http::answer::{Answer, nothing};
use crate::http::context::Call;
use crate::http::params::Ids;
use crate::http::state::App;
use crate::service::{Wishes, tenant_asked};

/// Deletes a token: the next request with it is refused. A platform admin names the `tenant` whose token it is in the query.
pub(in crate::http) async fn delete_token(State(app): App, call: Call, Ids(id): Ids<String>) -> Answer {
    let tenant = tenant_asked(call.caller.token(), call.tenant())?;
    let command = call.begin(&app, tenant, Wishes::default())?;
    app.service.delete_token(&command, &id).await?;
    Ok(nothing())
}
