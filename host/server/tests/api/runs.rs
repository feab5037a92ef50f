//! `/v1/runs`

use serde_json::{Value, json};

use crate::support::{Api, Tenancy};

async fn invoke(api: &Api, acme: &Tenancy, deal: &str, text: &str) -> String {
    let body = json!({"record": {"kind": "deal", "id": deal}, "settings": {"text": text}});
    let run = acme.admin.post("/v1/robots/acme.kit/greet/invoke", body).await.expect(202);
    api.settle().await;
    format!("/v1/runs/{}", run["id"].as_str().unwrap())
}

#[tokio::test]
async fn a_failed_run_says_why_and_can_be_tried_again() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await.furnished().await;
    let deal = acme.deal("Roof").await;

    let run = invoke(&api, &acme, &deal, "fail").await;
    let failed = acme.admin.get(&run).await.expect(200);
    let step = &failed["steps"][0];
    assert_eq!(
        (step["state"].as_str(), step["code"].as_str()),
        (Some("failed"), Some("plugin.bad-text"))
    );
    assert_eq!(step["reason"], "cannot greet like this");

    let retried = acme.admin.post(&format!("{run}/retry"), json!({})).await.expect(200);
    assert_eq!(
        (retried["over"].as_bool(), retried["steps"][0]["state"].as_str()),
        (Some(false), Some("waiting_time"))
    );

    api.settle().await;
    assert_eq!(
        acme.admin.get(&run).await.json()["steps"][0]["attempts"].as_array().unwrap().len(),
        2
    );
}

#[tokio::test]
async fn what_is_over_can_be_neither_retried_nor_cancelled() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await.furnished().await;
    let deal = acme.deal("Roof").await;
    let run = invoke(&api, &acme, &deal, "hi").await;

    acme.admin.post(&format!("{run}/retry"), json!({})).await.problem(409, "run.nothing-to-retry");
    acme.admin.post(&format!("{run}/cancel"), json!({})).await.problem(409, "run.over");
    acme.admin.post("/v1/runs/nothing/cancel", json!({})).await.problem(404, "not-found");
    acme.admin
        .post(&format!("{run}/retry"), json!({"why": "x"}))
        .await
        .problem(400, "request.unknown-field");
}

#[tokio::test]
async fn what_waits_is_cancelled() {
    let api = Api::start_with(crate::support::Setup { engine: false, ..Default::default() }).await;
    let acme = api.tenant("Acme").await.furnished().await;
    let deal = acme.deal("Roof").await;
    let body = json!({"record": {"kind": "deal", "id": deal}, "settings": {"text": "hi"}});
    let run = acme.admin.post("/v1/robots/acme.kit/greet/invoke", body).await.expect(202);
    let path = format!("/v1/runs/{}/cancel", run["id"].as_str().unwrap());

    let cancelled = acme.admin.send("POST", &path, None).await.expect(200);
    assert_eq!(
        (cancelled["over"].as_bool(), cancelled["steps"][0]["reason"].as_str()),
        (Some(true), Some("by_user"))
    );

    acme.admin.send("POST", &path, None).await.problem(409, "run.over");
}

#[tokio::test]
async fn runs_are_listed_by_item() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await.furnished().await;
    let (roof, cellar) = (acme.deal("Roof").await, acme.deal("Cellar").await);
    invoke(&api, &acme, &roof, "hi").await;
    invoke(&api, &acme, &cellar, "hi").await;

    let of = async |deal: &str| -> Vec<Value> {
        acme.admin.get(&format!("/v1/runs?record=deal/{deal}")).await.items()
    };

    assert_eq!(of(&roof).await.len(), 1);
    assert_eq!(of(&roof).await[0]["record"]["id"], json!(roof));
    assert_eq!(acme.admin.get("/v1/runs").await.items().len(), 2);
    acme.admin.get("/v1/runs?record=deal/nothing").await.problem(404, "not-found");
}
