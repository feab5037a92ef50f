//! `/v1/groups`

use serde_json::json;

use crate::support::Api;

#[tokio::test]
async fn a_group_is_made_shown_listed_and_replaced() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await;
    let ira = acme.user("Ira").await;
    let body = json!({"name": "Roofers", "members": [ira], "description": "They climb"});

    let made = acme.admin.put("/v1/groups/roofers", body).await.expect(201);
    assert_eq!(acme.admin.get("/v1/groups/roofers").await.expect(200), made);
    assert_eq!(acme.admin.get("/v1/groups").await.items(), vec![made.clone()]);

    let renamed = acme
        .admin
        .with("if-match", "\"1\"")
        .put("/v1/groups/roofers", json!({"name": "Climbers"}))
        .await
        .expect(200);
    assert_eq!((&renamed["version"], &renamed["members"]), (&json!(2), &json!([])));

    acme.admin
        .with("if-match", "\"1\"")
        .put("/v1/groups/roofers", json!({"name": "x"}))
        .await
        .problem(412, "record.stale");

    let problem =
        acme.admin.put("/v1/groups/roofers", json!({"name": "x", "members": ["x"]})).await;
    assert_eq!(problem.problem(422, "record.dangling-link")["field"], "members[0]");

    acme.admin.put("/v1/groups/roofers", json!({"name": ""})).await.problem(422, "group.invalid");
    acme.admin.get("/v1/groups/nothing").await.problem(404, "not-found");
    api.tenant("Other").await.admin.get("/v1/groups/roofers").await.problem(404, "not-found");
}
