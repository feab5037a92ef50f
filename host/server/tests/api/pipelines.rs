//! `/v1/pipelines`

use serde_json::json;

use crate::support::Api;

#[tokio::test]
async fn a_pipeline_is_made_and_replaced() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await;
    acme.pipeline().await;
    let mut shown = acme.admin.get("/v1/pipelines/sales").await.expect(200);
    assert_eq!(shown["stages"][2]["semantics"], "won");

    shown["name"] = json!("Big sales");
    assert_eq!(acme.admin.put("/v1/pipelines/sales", shown).await.expect(200)["version"], 2);
    assert_eq!(acme.admin.get("/v1/pipelines").await.items()[0]["name"], "Big sales");

    acme.admin.get("/v1/pipelines/nothing").await.problem(404, "not-found");
}

#[tokio::test]
async fn a_pipeline_that_makes_no_sense_is_refused_by_field() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await;
    let stage = json!({"id": "new", "name": "New"});
    let cases = [
        ("sales", json!({"kind": "contact", "name": "S", "stages": [stage]}), "kind"),
        ("sales", json!({"kind": "deal", "name": " ", "stages": [stage]}), "name"),
        ("sales", json!({"kind": "deal", "name": "S", "stages": []}), "stages"),
        ("sales", json!({"kind": "deal", "name": "S", "stages": [stage, stage]}), "stages[1].id"),
        ("S%20ales", json!({"kind": "deal", "name": "S", "stages": [stage]}), "id"),
    ];

    for (id, body, field) in cases {
        let problem = acme
            .admin
            .put(&format!("/v1/pipelines/{id}"), body)
            .await
            .problem(422, "pipeline.invalid");
        assert_eq!(problem["field"], field);
    }
}

#[tokio::test]
async fn a_stage_with_a_published_automation_stays() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await.furnished().await;

    let body = json!({"kind": "deal", "name": "S", "stages": [{"id": "new", "name": "New"}]});
    acme.admin.put("/v1/pipelines/sales", body).await.problem(422, "pipeline.stage-in-use");
}
