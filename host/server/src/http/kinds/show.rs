//! `GET /v1/kinds/{id}`

use axum::extract::State;

use stagewright_core::model::kind::Kind;
use stagewright_core::refusal::Refusal;
use stagewright_core::schema;

use super::{untouched, view};
use crate::http::answer::{Answer, OK, versioned};
use crate::http::auth::Caller;
use crate::http::body::Nothing;
use crate::http::params::{Asked, Ids};
use crate::http::state::App;

/// Shows a kind with all its fields. Its version is the ETag.
pub(in crate::http) async fn show_kind(
    State(app): App,
    caller: Caller,
    Asked(Nothing {}): Asked<Nothing>,
    Ids(id): Ids<String>,
) -> Answer {
    let found = app.service.find::<Kind>(&Kind::key(caller.tenant(), &id)).await?;
    let built_in = !schema::is_own(&id) && schema::fields(&id).is_ok();
    let (kind, version) = match found {
        Some(found) => found,
        None if built_in => (untouched(&id), 0),
        None => return Err(Refusal::not_found("kind").into()),
    };

    Ok(versioned((OK, view(&kind, version))))
}
