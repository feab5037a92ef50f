//! `/v1/deliveries`

use serde_json::{Value, json};

use crate::support::{Api, Tenancy};

/// A message to the client whose fate is this; gives the path of its delivery.
async fn sent(api: &Api, acme: &Tenancy, fate: &str) -> String {
    let ira = acme.user("Ira").await;
    let conversation = acme.message("m1", "+380671234567").await;

    let reply = json!({"text": fate, "user": ira});
    let message = acme
        .admin
        .post(&format!("/v1/conversations/{conversation}/reply"), reply)
        .await
        .expect(201);

    api.settle().await;
    format!("/v1/deliveries/{}", message["delivery"].as_str().unwrap())
}

async fn only(acme: &Tenancy, query: &str) -> Vec<Value> {
    acme.admin.get(&format!("/v1/deliveries?{query}")).await.items()
}

#[tokio::test]
async fn deliveries_are_listed_by_state_and_channel() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await.furnished().await;
    sent(&api, &acme, "hello").await;

    let listed = only(&acme, "state=sent&channel=chat").await;
    assert_eq!(listed.len(), 1);
    assert_eq!(
        (listed[0]["to"].as_str(), listed[0]["tries"].as_u64()),
        (Some("+380671234567"), Some(1))
    );
    assert!(listed[0].get("due_row").is_none() && listed[0].get("lane").is_none());

    assert!(only(&acme, "state=dead").await.is_empty());
    assert!(only(&acme, "channel=other").await.is_empty());
}

#[tokio::test]
async fn a_lost_answer_is_settled_by_a_person() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await.furnished().await;
    let delivery = sent(&api, &acme, "unknown").await;
    assert_eq!(only(&acme, "state=unknown").await.len(), 1);

    assert_eq!(
        acme.admin.send("POST", &format!("{delivery}/confirm"), None).await.expect(200)["state"],
        "sent"
    );

    acme.admin
        .post(&format!("{delivery}/confirm"), json!({}))
        .await
        .problem(409, "delivery.wrong-state");
}

#[tokio::test]
async fn a_refused_message_is_retried_or_given_up() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await.furnished().await;
    let delivery = sent(&api, &acme, "failed").await;
    assert_eq!(only(&acme, "state=failed").await[0]["reason"], "so it is");

    assert_eq!(
        acme.admin.post(&format!("{delivery}/retry"), json!({})).await.expect(200)["state"],
        "pending"
    );

    api.settle().await;
    assert_eq!(
        acme.admin.post(&format!("{delivery}/discard"), json!({})).await.expect(200)["state"],
        "dropped"
    );

    acme.admin
        .post(&format!("{delivery}/discard"), json!({}))
        .await
        .problem(409, "delivery.wrong-state");
    acme.admin.post("/v1/deliveries/nothing/retry", json!({})).await.problem(404, "not-found");
}
