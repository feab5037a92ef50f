//! `GET /health/live` and `GET /health/ready`

use axum::extract::State;
use axum::response::Response;
use serde_json::json;

use super::answer::{Answer, ok};
use super::error::Problem;
use super::state::App;

/// The process answers.
pub(super) async fn live() -> Response {
    ok(json!({ "status": "live" }))
}

/// The host can take requests: it has started, its store takes commits, and it is not about to
/// stop.
pub(super) async fn ready(State(app): App) -> Answer {
    (app.readiness)().map_err(Problem::not_ready)?;
    app.service.store.settled().await.map_err(|e| Problem::not_ready(e.to_string()))?;
    Ok(ok(json!({ "status": "ready" })))
}
