//! `GET /v1/lines/{id}`

use axum::extract::State;

use stagewright_core::model::channel::Line;

use crate::http::answer::{Answer, OK, versioned, with_version};
use crate::http::auth::Caller;
use crate::http::body::Nothing;
use crate::http::params::{Asked, Ids};
use crate::http::state::App;

/// Shows a line. Its version is the ETag.
pub(in crate::http) async fn show_line(
    State(app): App,
    caller: Caller,
    Asked(Nothing {}): Asked<Nothing>,
    Ids(id): Ids<String>,
) -> Answer {
    let (line, version) = app.service.fetch::<Line>(&Line::key(caller.tenant(), &id)).await?;
    Ok(versioned((OK, with_version(&line, version))))
}
