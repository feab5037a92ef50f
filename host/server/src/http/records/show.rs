//! `GET /v1/records/{kind}/{id}`

use axum::extract::State;

use stagewright_core::model::record::RecordRef;

use crate::http::answer::{Answer, OK, versioned};
use crate::http::auth::Caller;
use crate::http::body::Nothing;
use crate::http::params::{Asked, Ids};
use crate::http::state::App;

/// Shows a record. Its version is the ETag.
pub(in crate::http) async fn show_record(
    State(app): App,
    caller: Caller,
    Asked(Nothing {}): Asked<Nothing>,
    Ids((kind, id)): Ids<(String, String)>,
) -> Answer {
    let (record, version) =
        app.service.record(caller.tenant(), &RecordRef::new(&kind, &id)).await?;
    Ok(versioned((OK, record.view(version))))
}
