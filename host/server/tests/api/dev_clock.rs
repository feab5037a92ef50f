//! `/dev/clock`

use serde_json::json;

use crate::support::{Api, Setup};

#[tokio::test]
async fn a_manual_clock_is_moved() {
    let api = Api::start_with(Setup { dev: true, ..Setup::default() }).await;
    assert_eq!(
        api.nobody().get("/dev/clock").await.expect(200),
        json!({"now": "2026-11-22T09:00:00.000Z"})
    );

    let moved = api.nobody().post("/dev/clock/advance", json!({"by": "30m"})).await.expect(200);
    assert_eq!(moved, json!({"now": "2026-11-22T09:30:00.000Z"}));

    let problem = api
        .nobody()
        .post("/dev/clock/advance", json!({"by": "soon"}))
        .await
        .problem(422, "request.wrong-type");
    assert_eq!(problem["field"], "by");
}

#[tokio::test]
async fn the_machines_clock_has_no_lever() {
    let api = Api::start().await;
    api.nobody().get("/dev/clock").await.problem(404, "request.unknown-path");
    api.nobody()
        .post("/dev/clock/advance", json!({"by": "30m"}))
        .await
        .problem(404, "request.unknown-path");
}
