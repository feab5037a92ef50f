//! `GET /v1/groups/{id}`

use axum::extract::State;

use stagewright_core::model::group::Group;

use crate::http::answer::{Answer, OK, versioned, with_version};
use crate::http::auth::Caller;
use crate::http::body::Nothing;
use crate::http::params::{Asked, Ids};
use crate::http::state::App;

/// Shows a work group. Its version is the ETag.
pub(in crate::http) async fn show_group(
    State(app): App,
    caller: Caller,
    Asked(Nothing {}): Asked<Nothing>,
    Ids(id): Ids<String>,
) -> Answer {
    let (group, version) = app.service.fetch::<Group>(&Group::key(caller.tenant(), &id)).await?;
    Ok(versioned((OK, with_version(&group, version))))
}
