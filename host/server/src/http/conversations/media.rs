//! `GET /v1/conversations/{id}/messages/{number}/media`

use axum::extract::State;

use stagewright_core::refusal::Refusal;

use crate::http::answer::Answer;
use crate::http::auth::Caller;
use crate::http::body::Nothing;
use crate::http::download::download;
use crate::http::params::{Asked, Ids};
use crate::http::state::App;

/// Answers the file that a client sent with a message. It comes from the provider at this moment,
/// up to 16 MiB, and is kept nowhere.
pub(in crate::http) async fn fetch_media(
    State(app): App,
    caller: Caller,
    Asked(Nothing {}): Asked<Nothing>,
    Ids((id, number)): Ids<(String, String)>,
) -> Answer {
    let number: u64 = number.parse().map_err(|_not_a_number| Refusal::not_found("message"))?;
    let medium = app.service.fetch_medium(caller.tenant(), &id, number).await?;
    Ok(download(&medium.mime, &medium.name, medium.bytes))
}
