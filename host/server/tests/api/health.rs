//! `/health`

use serde_json::json;

use crate::support::{Api, Setup};

#[tokio::test]
async fn a_host_that_runs_is_live_and_ready() {
    let api = Api::start().await;
    assert_eq!(api.nobody().get("/health/live").await.expect(200), json!({"status": "live"}));
    assert_eq!(api.nobody().get("/health/ready").await.expect(200), json!({"status": "ready"}));
}

#[tokio::test]
async fn a_host_that_is_not_ready_says_what_is_missing() {
    let api =
        Api::start_with(Setup { ready: Err("the host is stopping".into()), ..Setup::default() })
            .await;

    let problem = api.nobody().get("/health/ready").await.problem(503, "health.not-ready");
    assert_eq!(problem["detail"], "the host is stopping");
    api.nobody().get("/health/live").await.expect(200);
}
