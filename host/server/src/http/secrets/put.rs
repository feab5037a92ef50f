//! `PUT /v1/secrets/{name}`

use std::fmt;

use axum::extract::State;
use axum::http::HeaderMap;
use serde::Deserialize;

use crate::http::answer::{Answer, expected, nothing, tagged};
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

/// Sets a secret. Answers 204 with its version as the ETag; the value never comes back. With
/// `If-Match` only where the secret is still at that version.
pub(in crate::http) async fn put_secret(
    State(app): App,
    call: Call,
    Asked(Nothing {}): Asked<Nothing>,
    Ids(name): Ids<String>,
    headers: HeaderMap,
    body: Result<Body<NewSecret>, Problem>,
) -> Answer {
    // Whatever was sent may be a secret in the wrong place.
    let wrong = |problem: Problem| {
        problem.without_values("send a JSON object with the secret as a text: {\"value\": \"...\"}")
    };
    let Body { value, .. } = body.map_err(wrong)?;

    let command = call.begin(&app, call.caller.tenant(), Wishes::default())?;
    let version =
        app.service.put_secret(&command, &name, &value.value, expected(&headers)?).await?;
    Ok(tagged(nothing(), version))
}
