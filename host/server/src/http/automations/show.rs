//! `GET /v1/automations/{id}`

use axum::extract::State;

use stagewright_core::model::automation::Automation;

use crate::http::answer::{Answer, OK, versioned, with_version};
use crate::http::auth::Caller;
use crate::http::body::Nothing;
use crate::http::params::{Asked, Ids};
use crate::http::state::App;

/// Shows the draft of an automation, with the number of the version that runs now in `published`.
pub(in crate::http) async fn show_automation(
    State(app): App,
    caller: Caller,
    Asked(Nothing {}): Asked<Nothing>,
    Ids(id): Ids<String>,
) -> Answer {
    let (automation, version) =
        app.service.fetch::<Automation>(&Automation::key(caller.tenant(), &id)).await?;
    Ok(versioned((OK, with_version(&automation, version))))
}
