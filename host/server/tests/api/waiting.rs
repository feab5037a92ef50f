//! Publishing while runs wait, applying to items that are there, and running a step again

use serde_json::{Value, json};

use crate::support::{Api, Tenancy};

/// Saves an automation for the stage `new` whose robot greets so long after the item came there.
async fn save(acme: &Tenancy, after: &str) {
    let robot = json!({
        "id": "hello", "plugin": "acme.kit", "robot": "greet", "settings": {"text": "hi"},
        "run": {"after": after},
    });
    let body = json!({"kind": "deal", "pipeline": "sales", "stage": "new", "robots": [robot]});

    let saved = acme.admin.put("/v1/automations/on-new", body).await;
    assert!(matches!(saved.status, 200 | 201), "{}", saved.text);
}

async fn publish(acme: &Tenancy, body: Value) -> Value {
    acme.admin.post("/v1/automations/on-new/publish", body).await.expect(200)
}

async fn run(acme: &Tenancy, deal: &str) -> Value {
    acme.admin.get(&format!("/v1/runs?record=deal/{deal}")).await.items().remove(0)
}

#[tokio::test]
async fn publishing_says_how_many_runs_wait_and_does_with_them_what_is_asked() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await.furnished().await;
    save(&acme, "1h").await;
    publish(&acme, json!({})).await;
    let deal = acme.deal("Roof").await;
    api.settle().await;

    save(&acme, "2h").await;
    let kept = publish(&acme, json!({"waiting": "keep"})).await;
    assert_eq!(
        (kept["waiting_runs"].as_u64(), kept["waiting_runs_are_all"].as_bool(), &kept["job"]),
        (Some(1), Some(true), &Value::Null)
    );

    let before = run(&acme, &deal).await;
    save(&acme, "3h").await;
    let migrated = publish(&acme, json!({"waiting": "migrate"})).await;
    api.settle().await;
    let after = run(&acme, &deal).await;
    assert_eq!((before["published"].as_u64(), after["published"].as_u64()), (Some(1), Some(3)));
    assert_ne!(before["steps"][0]["due_at"], after["steps"][0]["due_at"]);

    let job = acme
        .admin
        .get(&format!("/v1/jobs/{}", migrated["job"].as_str().unwrap()))
        .await
        .expect(200);
    assert_eq!(
        (job["state"].as_str(), job["done"].as_u64(), job["waiting"].as_str()),
        (Some("done"), Some(1), Some("migrate"))
    );

    publish(&acme, json!({"waiting": "cancel"})).await;
    api.settle().await;
    assert_eq!(run(&acme, &deal).await["steps"][0]["reason"], "version_replaced");

    acme.admin
        .post("/v1/automations/on-new/publish", json!({"waiting": "drop"}))
        .await
        .problem(422, "request.wrong-type");
    acme.admin.get("/v1/jobs/nothing").await.problem(404, "not-found");
}

#[tokio::test]
async fn an_automation_is_previewed_and_applied_to_items_on_its_stage() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await.furnished().await;
    let (first, second) = (acme.deal("Roof").await, acme.deal("Cellar").await);
    api.settle().await;
    save(&acme, "1h").await;

    acme.admin
        .post("/v1/automations/on-new/apply", json!({}))
        .await
        .problem(409, "automation.nothing-to-apply");

    publish(&acme, json!({})).await;
    let preview =
        acme.admin.post("/v1/automations/on-new/apply", json!({"preview": true})).await.expect(200);
    assert_eq!(preview, json!({"preview": true, "items": 2, "looked_at": 2, "complete": true}));
    assert_eq!(acme.admin.get("/v1/runs").await.items().len(), 0);

    let started = acme.admin.post("/v1/automations/on-new/apply", json!({})).await.expect(202);
    api.settle().await;
    let job =
        acme.admin.get(&format!("/v1/jobs/{}", started["id"].as_str().unwrap())).await.expect(200);
    assert_eq!((job["state"].as_str(), job["done"].as_u64()), (Some("done"), Some(2)));
    for deal in [first, second] {
        assert_eq!(run(&acme, &deal).await["steps"][0]["state"], "waiting_time");
    }

    let preview =
        acme.admin.post("/v1/automations/on-new/apply", json!({"preview": true})).await.expect(200);
    assert_eq!(preview["items"], 0);

    acme.admin.post("/v1/automations/nothing/apply", json!({})).await.problem(404, "not-found");
}

#[tokio::test]
async fn a_step_that_is_over_runs_again() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await.furnished().await;
    let deal = acme.deal("Roof").await;
    let body = json!({"record": {"kind": "deal", "id": deal}, "settings": {"text": "hi"}});
    let made = acme.admin.post("/v1/robots/acme.kit/greet/invoke", body).await.expect(202);
    let path = format!("/v1/runs/{}/rerun", made["id"].as_str().unwrap());
    api.settle().await;

    let again = acme.admin.post(&path, json!({"step": "invoked"})).await.expect(200);
    assert_eq!(
        (again["over"].as_bool(), again["steps"][0]["state"].as_str()),
        (Some(false), Some("waiting_time"))
    );

    api.settle().await;
    let run = run(&acme, &deal).await;
    assert_eq!(
        (run["steps"][0]["state"].as_str(), run["steps"][0]["reruns"].as_u64()),
        (Some("done"), Some(1))
    );
    assert_eq!(run["steps"][0]["attempts"].as_array().unwrap().len(), 2);

    acme.admin.post(&path, json!({"step": "other"})).await.problem(422, "run.unknown-step");
    acme.admin.post(&path, json!({})).await.problem(422, "request.missing-field");
    acme.admin.post("/v1/runs/nothing/rerun", json!({"step": "x"})).await.problem(404, "not-found");
}
