//! `/v1/automations`

use serde_json::json;

use crate::support::Api;

#[tokio::test]
async fn a_draft_is_saved_and_published() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await;
    acme.pipeline().await;
    acme.kit().await;

    let robot = json!({
        "id": "hello", "plugin": "acme.kit", "robot": "greet", "settings": {"text": "hi"},
        "run": {"after": "30m", "field": "created_at"},
    });
    let body = json!({"kind": "deal", "pipeline": "sales", "stage": "new", "robots": [robot]});

    let draft = acme.admin.put("/v1/automations/greeting", body.clone()).await;
    assert_eq!(
        draft.expect(201)["robots"][0]["run"],
        json!({"after": "30m", "field": "created_at"})
    );
    assert!(draft.json().get("published").is_none());

    let published =
        acme.admin.send("POST", "/v1/automations/greeting/publish", None).await.expect(200);
    assert_eq!(
        (published["published"].as_u64(), published["published_by"].as_str()),
        (Some(1), Some("admin"))
    );
    assert_eq!(published["warnings"].as_array().unwrap().len(), 1);

    assert_eq!(acme.admin.get("/v1/automations/greeting").await.json()["published"], 1);

    let again = acme.admin.post("/v1/automations/greeting/publish", json!({})).await;
    assert_eq!(again.expect(200)["published"], 2);

    acme.admin.post("/v1/automations/nothing/publish", json!({})).await.problem(404, "not-found");
    acme.admin.put("/v1/automations/second", body).await.problem(422, "automation.stage-taken");
}

#[tokio::test]
async fn a_mistake_names_its_place() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await;
    acme.pipeline().await;
    acme.kit().await;

    let robot =
        |settings| json!({"id": "a", "plugin": "acme.kit", "robot": "greet", "settings": settings});
    let body =
        |robots| json!({"kind": "deal", "pipeline": "sales", "stage": "new", "robots": robots});
    let put = async |robots| acme.admin.put("/v1/automations/a", body(robots)).await;

    let problem = put(json!([robot(json!({}))])).await.problem(422, "settings.missing");
    assert_eq!(problem["field"], "robots[0].settings.text");

    let problem = put(json!([robot(json!({"text": "{{robots.b.said}}"}))]))
        .await
        .problem(422, "automation.unknown-reference");
    assert_eq!(problem["field"], "robots[0].settings.text");

    let mut late = robot(json!({"text": "x"}));
    late["run"] = json!({"later": "30m"});
    let problem = put(json!([late])).await.problem(422, "request.wrong-type");
    assert_eq!(problem["field"], "robots[0].run");

    assert!(acme.admin.get("/v1/automations").await.items().is_empty());
}

#[tokio::test]
async fn automations_are_found_by_where_they_stand() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await.furnished().await;

    acme.admin
        .put("/v1/automations/on-won", json!({"kind": "deal", "pipeline": "sales", "stage": "won"}))
        .await
        .expect(201);

    let count =
        async |query: &str| acme.admin.get(&format!("/v1/automations?{query}")).await.items().len();

    assert_eq!(count("kind=deal").await, 2);
    assert_eq!(count("pipeline=sales&stage=won").await, 1);
    assert_eq!(count("kind=lead").await, 0);

    acme.admin.get("/v1/automations?stages=won").await.problem(400, "request.unknown-field");
}

#[tokio::test]
async fn a_condition_that_cannot_be_read_is_refused_at_its_place() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await;
    acme.pipeline().await;
    acme.kit().await;

    let save = async |condition: serde_json::Value| {
        let robot = json!({
            "id": "hello", "plugin": "acme.kit", "robot": "greet", "settings": {"text": "hi"},
            "condition": condition,
        });
        let body = json!({"kind": "deal", "pipeline": "sales", "stage": "new", "robots": [robot]});
        acme.admin.put("/v1/automations/on-new", body).await
    };

    let wrong = json!({
        "all": [
            {"field": "item.title", "is": "contains", "value": "x"},
            {"field": "item.title", "is": "resembles", "value": "x"},
        ],
    });

    let operator = save(wrong).await.problem(422, "request.wrong-type");
    assert_eq!(operator["field"], "robots[0].condition.all[1].is");

    let shape = save(json!({"all": [{"both": []}]})).await.problem(400, "request.unknown-field");
    assert_eq!(shape["field"], "robots[0].condition.all[0].both");

    let mixed =
        save(json!({"any": [{"all": [], "any": []}]})).await.problem(422, "request.wrong-type");
    assert_eq!(mixed["field"], "robots[0].condition.any[0]");

    let value =
        save(json!({"not": {"field": "item.close_at", "is": "less_than", "value": "2026-02-30"}}))
            .await;
    assert_eq!(
        value.problem(422, "condition.wrong-value")["field"],
        "robots[0].condition.not.value"
    );

    let fits = json!({"any": [{"field": "item.amount", "is": "greater_than", "value": "10"}]});
    assert_eq!(save(fits.clone()).await.expect(201)["robots"][0]["condition"], fits);
}
