//! `PUT /v1/secrets/{name}`

use std::fmt;

use axum::extract::State;
use serde::Deserialize;

use crate::http::answer::{Answer, nothing};
use crate::http::body::{Body, Nothing};
use crate::http::context::Call;
use crate::http::error::Problem;
use crate::http::params::{Asked, Ids};
use crate::http::state::App;
use crate::service::Wishes;

/// A secret's value, on its way into the vault.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct NewSecret {
    value: String,
}

impl fmt::Debug for NewSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NewSecret(hidden)")
    }
}

/// Sets a secret. Answers 204; the value never comes back.
pub(in crate::http) async fn put_secret(
    State(app): App,
    call: Call,
    Asked(Nothing {}): Asked<Nothing>,
    Ids(name): Ids<String>,
    body: Result<Body<NewSecret>, Problem>,
) -> Answer {
    // Whatever was sent may be a secret in the wrong place.
    let wrong = |problem: Problem| problem.without_values("send a JSON object with the secret as a text: {\"value\": \"...\"}");
    let Body { value, .. } = body.map_err(wrong)?;
    let command = call.begin(&app, call.caller.tenant(), Wishes::default())?;
    app.service.put_secret(&command, &name, &value.value).await?;
    Ok(nothing())
}
