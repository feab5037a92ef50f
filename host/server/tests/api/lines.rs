//! `/v1/lines`

use serde_json::json;

use crate::support::Api;

#[tokio::test]
async fn a_line_that_creates_items_knows_for_whom() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await;
    acme.pipeline().await;
    let ira = acme.user("Ira").await;

    let mut line = json!({"name": "Help", "creates": "deal", "pipeline": "sales"});
    acme.admin.put("/v1/lines/help", line.clone()).await.problem(422, "line.no-responsible");

    line["queue"] = json!([ira]);
    let made = acme.admin.put("/v1/lines/help", line.clone()).await;
    assert_eq!(made.expect(201)["creates"], "deal");
    assert_eq!(made.header("etag"), "\"1\"");

    line["queue"] = json!(["nobody"]);
    let problem = acme.admin.put("/v1/lines/help", line).await.problem(422, "record.dangling-link");
    assert_eq!(problem["field"], "queue[0]");

    assert_eq!(acme.admin.get("/v1/lines").await.items().len(), 1);
}

#[tokio::test]
async fn an_integrator_sets_up_and_an_employee_only_looks() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await;
    let ira = acme.user("Ira").await;
    let integrator = api.bearer(&acme.token("integrator", None).await);
    let employee = api.bearer(&acme.token("employee", Some(&ira)).await);

    integrator.put("/v1/lines/help", json!({"name": "Help"})).await.expect(201);
    employee.put("/v1/lines/help", json!({"name": "Mine"})).await.problem(403, "auth.wrong-role");
    assert_eq!(employee.get("/v1/lines/help").await.expect(200)["name"], "Help");
}
