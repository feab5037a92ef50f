//! `/health`: how the host is.

use axum::extract::State;
use serde::Serialize;

use super::answer::{Answer, Json};
use super::error::Problem;
use super::state::App;

/// How the host is.
#[derive(Debug, Serialize)]
pub(super) struct HealthView {
    /// `live` or `ready`.
    status: &'static str,
}

/// `GET /health/live`: the process answers.
pub(super) async fn live() -> Json<HealthView> {
    Json::ok(&HealthView { status: "live" })
}

/// `GET /health/ready`: the host can take requests: it has started, its store takes commits, and it
/// is not about to stop.
pub(super) async fn ready(State(app): App) -> Answer<Json<HealthView>> {
    (app.readiness)().map_err(Problem::not_ready)?;
    app.service.store.settled().await.map_err(|e| Problem::not_ready(e.to_string()))?;
    Ok(Json::ok(&HealthView { status: "ready" }))
}
