//! `GET /v1/pauses`

use axum::extract::State;

use stagewright_core::model::pauses::Pauses;

use super::pauses_view;
use crate::http::answer::{Answer, ok};
use crate::http::auth::Caller;
use crate::http::body::Nothing;
use crate::http::params::Asked;
use crate::http::state::App;

/// Shows what of the tenant is paused, since when and by whom.
pub(in crate::http) async fn show_pauses(
    State(app): App,
    caller: Caller,
    Asked(Nothing {}): Asked<Nothing>,
) -> Answer {
    let pauses = app
        .service
        .find::<Pauses>(&Pauses::key(caller.tenant()))
        .await?
        .map(|(pauses, _)| pauses)
        .unwrap_or_default();

    Ok(ok(pauses_view(&pauses)))
}
