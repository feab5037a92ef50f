//! `/v1/kinds`

use serde_json::json;

use crate::support::Api;

#[tokio::test]
async fn a_kind_takes_fields_and_is_shown_with_all_of_them() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await;
    acme.pipeline().await;

    let before = acme.admin.get("/v1/kinds/deal").await.expect(200);
    assert_eq!(
        (&before["version"], &before["item"], &before["fields"]),
        (&json!(0), &json!(true), &json!([]))
    );

    let area = json!({"name": "x_area", "label": "Area", "type": "decimal", "required": false});
    let put = acme
        .admin
        .put("/v1/kinds/deal", json!({"name": "Deal", "fields": [area]}))
        .await
        .expect(201);
    assert_eq!(put["fields"], json!([area]));
    assert_eq!(acme.admin.get("/v1/kinds/deal").await.expect(200), put);
    acme.admin.put("/v1/kinds/deal", put.clone()).await.expect(200);

    let deal =
        acme.record("deal", json!({"title": "Roof", "pipeline": "sales", "x_area": "120.5"})).await;
    let found = acme.admin.get("/v1/records/deal?x_area=120.5").await.items();
    assert_eq!(found[0]["id"], json!(deal));
    assert!(acme.admin.get("/v1/records/deal?x_area=7").await.items().is_empty());

    let other = api.tenant("Other").await;
    other.admin.get("/v1/records/deal?x_area=7").await.problem(400, "request.unknown-field");

    acme.admin
        .put("/v1/kinds/deal", json!({"name": "Deal"}))
        .await
        .problem(422, "kind.field-fixed");
}

#[tokio::test]
async fn items_of_an_own_kind_are_listed_moved_and_kept_apart_by_tenant() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await;

    acme.admin.get("/v1/kinds/x_project").await.problem(404, "not-found");
    acme.admin.get("/v1/records/x_project").await.problem(422, "record.unknown-kind");

    let stages =
        json!([{"id": "start", "name": "Start"}, {"id": "end", "name": "End", "semantics": "won"}]);
    let pipeline = json!({"kind": "x_project", "name": "Build", "stages": stages});
    acme.admin
        .put("/v1/pipelines/build", pipeline.clone())
        .await
        .problem(422, "record.unknown-kind");

    acme.admin.put("/v1/kinds/x_project", json!({"name": "Project"})).await.expect(201);
    acme.admin.put("/v1/pipelines/build", pipeline).await.expect(201);

    let project = acme.record("x_project", json!({"title": "Roof", "pipeline": "build"})).await;
    let path = format!("/v1/records/x_project/{project}");
    assert_eq!(
        acme.admin
            .post(
                &format!("{path}/move"),
                json!({
                    "stage": "end",
                })
            )
            .await
            .expect(200)["moved"],
        true
    );

    assert_eq!(acme.admin.get("/v1/records/x_project?stage=end").await.items().len(), 1);
    let kinds = acme.admin.get("/v1/kinds").await.items();
    assert_eq!(kinds.last().unwrap()["id"], "x_project");

    api.tenant("Other").await.admin.get(&path).await.problem(404, "not-found");
    acme.admin.delete(&path).await.expect(204);
    acme.admin
        .patch("/v1/records/x_nothing/1", json!({"fields": {"title": "x"}}))
        .await
        .problem(404, "not-found");
}
