//! `/v1/secrets`: secrets, written and never read back.

use std::fmt;

use axum::extract::State;
use axum::http::HeaderMap;
use serde::{Deserialize, Serialize};

use stagewright_core::time::Timestamp;

use super::answer::{Answer, NoContent, Tagged, expected};
use super::auth::Caller;
use super::body::{Body, Nothing};
use super::context::Call;
use super::error::Problem;
use super::page::{Items, PageQuery};
use super::params::{Asked, Ids};
use super::state::App;
use crate::service::{SecretNote, Wishes};

/// A secret's value, on its way into the vault.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SecretBody {
    value: String,
}

/// A secret as clients see it: without its value.
#[derive(Debug, Serialize)]
pub(super) struct SecretView {
    name: String,
    updated_at: Timestamp,
    version: u64,
}

impl fmt::Debug for SecretBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretBody(hidden)")
    }
}

impl SecretView {
    fn of(note: SecretNote, version: u64) -> Self {
        let SecretNote { name, updated_at } = note;
        Self { name, updated_at, version }
    }
}

/// `GET /v1/secrets`: lists the names of secrets and when each was last set. Values are given to
/// nobody.
pub(super) async fn list_secrets(
    State(app): App,
    caller: Caller,
    Asked(asked): Asked<PageQuery>,
) -> Answer<Items<SecretView>> {
    let found = app.service.secrets(caller.tenant(), &asked.page()?).await?;

    let views = found.rows.into_iter().map(|(_, note, version)| SecretView::of(note, version));
    Ok(Items::new(views, found.next))
}

/// `PUT /v1/secrets/{name}`: sets a secret. Answers 204 with its version as the `ETag`; the value
/// never comes back. With `If-Match` only where the secret is still at that version.
pub(super) async fn put_secret(
    State(app): App,
    call: Call,
    Asked(Nothing {}): Asked<Nothing>,
    Ids(name): Ids<String>,
    headers: HeaderMap,
    body: Result<Body<SecretBody>, Problem>,
) -> Answer<Tagged<NoContent>> {
    // Whatever was sent may be a secret in the wrong place.
    let wrong = |problem: Problem| {
        problem.without_values("send a JSON object with the secret as a text: {\"value\": \"...\"}")
    };
    let Body { value, .. } = body.map_err(wrong)?;

    let command = call.begin(&app, call.caller.tenant(), Wishes::default())?;
    let version =
        app.service.put_secret(&command, &name, &value.value, expected(&headers)?).await?;
    Ok(Tagged { answer: NoContent, version })
}
