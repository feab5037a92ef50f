//! `/v1/pauses` and what pauses and resumes

use serde_json::{Value, json};

use crate::support::{Api, Tenancy};

async fn invoke(api: &Api, acme: &Tenancy, deal: &str) -> String {
    let body = json!({"record": {"kind": "deal", "id": deal}, "settings": {"text": "hi"}});
    let run = acme.admin.post("/v1/robots/acme.kit/greet/invoke", body).await.expect(202);
    api.settle().await;
    format!("/v1/runs/{}", run["id"].as_str().unwrap())
}

async fn state(acme: &Tenancy, run: &str) -> Value {
    acme.admin.get(run).await.expect(200)["steps"][0].clone()
}

#[tokio::test]
async fn a_paused_plugin_does_nothing_until_it_is_resumed() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await.furnished().await;
    let deal = acme.deal("Roof").await;

    acme.admin.post("/v1/plugins/acme.kit/pause", json!({})).await.expect(200);
    let run = invoke(&api, &acme, &deal).await;
    let step = state(&acme, &run).await;
    assert_eq!((step["state"].as_str(), step["by"].as_str()), (Some("paused"), Some("plugin")));

    let fired = json!({
        "kind": "custom.paid", "record": {"kind": "deal", "id": deal}, "payload": {"amount": 50},
    });
    let fired = acme.admin.post("/v1/events", fired).await.expect(200);
    assert_eq!(fired["decisions"][0]["reason"], "the plugin is paused");

    let shown = acme.admin.get(&format!("/v1/records/deal/{deal}/automation")).await.expect(200);
    assert_eq!(shown["paused"]["plugins"][0]["id"], "acme.kit");

    let resumed = acme.admin.post("/v1/plugins/acme.kit/resume", json!({})).await.expect(200);
    assert_eq!(resumed["resumed"], true);
    api.settle().await;
    assert_eq!(state(&acme, &run).await["state"], "done");

    let job =
        acme.admin.get(&format!("/v1/jobs/{}", resumed["job"].as_str().unwrap())).await.expect(200);
    assert_eq!(
        (job["state"].as_str(), job["done"].as_u64(), job["work"].as_str()),
        (Some("done"), Some(1), Some("resume"))
    );
    assert!(job.get("due_row").is_none());
}

#[tokio::test]
async fn what_is_paused_is_shown_with_who_did_it_and_since_when() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await.furnished().await;
    let nothing = json!({"automations": [], "plugins": [], "sending": null});
    assert_eq!(acme.admin.get("/v1/pauses").await.expect(200), nothing);

    let paused = acme.admin.post("/v1/automations/on-paid/pause", json!({})).await.expect(200);
    assert_eq!(paused["automations"][0]["id"], "on-paid");
    assert!(
        paused["automations"][0]["since"].is_string() && paused["automations"][0]["by"].is_string()
    );
    assert_eq!(acme.admin.get("/v1/pauses").await.expect(200), paused);

    acme.admin.post("/v1/automations/on-paid/resume", json!({})).await.expect(200);
    assert_eq!(acme.admin.get("/v1/pauses").await.expect(200), nothing);

    let again = acme.admin.post("/v1/automations/on-paid/resume", json!({})).await.expect(200);
    assert_eq!(again, json!({"resumed": false, "job": null}));

    acme.admin.post("/v1/automations/nothing/pause", json!({})).await.problem(404, "not-found");
    acme.admin.post("/v1/plugins/acme.other/pause", json!({})).await.problem(404, "not-found");
}

#[tokio::test]
async fn messages_wait_while_sending_is_paused() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await.furnished().await;
    let user = acme.user("Ira").await;
    let conversation = acme.message("m1", "+380671234567").await;

    acme.admin.post("/v1/sending/pause", json!({})).await.expect(200);
    let reply = json!({"text": "hello", "user": user});
    acme.admin.post(&format!("/v1/conversations/{conversation}/reply"), reply).await.expect(201);
    api.settle().await;

    let waits = acme.admin.get("/v1/deliveries").await.items().remove(0);
    assert_eq!(
        (waits["state"].as_str(), waits["code"].as_str()),
        (Some("pending"), Some("sending.paused"))
    );

    acme.admin.post("/v1/sending/resume", json!({})).await.expect(200);
    api.settle().await;
    assert_eq!(acme.admin.get("/v1/deliveries").await.items()[0]["state"], "sent");
}

#[tokio::test]
async fn one_tenants_pause_is_not_anothers() {
    let api = Api::start().await;
    let (acme, other) =
        (api.tenant("Acme").await.furnished().await, api.tenant("Other").await.furnished().await);
    acme.admin.post("/v1/plugins/acme.kit/pause", json!({})).await.expect(200);

    let deal = other.deal("Roof").await;
    let run = invoke(&api, &other, &deal).await;
    assert_eq!(state(&other, &run).await["state"], "done");
}
