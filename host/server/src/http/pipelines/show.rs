//! `GET /v1/pipelines/{id}`

use axum::extract::State;

use stagewright_core::model::pipeline::Pipeline;

use crate::http::answer::{Answer, OK, versioned, with_version};
use crate::http::auth::Caller;
use crate::http::body::Nothing;
use crate::http::params::{Asked, Ids};
use crate::http::state::App;

/// Shows a pipeline. Its version is the ETag.
pub(in crate::http) async fn show_pipeline(
    State(app): App,
    caller: Caller,
    Asked(Nothing {}): Asked<Nothing>,
    Ids(id): Ids<String>,
) -> Answer {
    let (pipeline, version) =
        app.service.fetch::<Pipeline>(&Pipeline::key(caller.tenant(), &id)).await?;
    Ok(versioned((OK, with_version(&pipeline, version))))
}
