//! `/v1/webhooks` and `/webhooks`

use serde_json::{Value, json};

use crate::support::{Api, Tenancy};

/// Makes a webhook; gives its answer.
async fn hook(acme: &Tenancy, code: &str) -> Value {
    acme.admin.put(&format!("/v1/webhooks/{code}"), json!({"name": "Bank"})).await.expect(201)
}

/// The address of a webhook for a deal.
fn address(acme: &Tenancy, code: &str, key: &str, deal: &str) -> String {
    format!("/webhooks/{}/{code}/{key}/deal/{deal}", acme.id)
}

fn key(hook: &Value) -> &str {
    hook["key"].as_str().unwrap()
}

#[tokio::test]
async fn what_comes_in_is_an_event_of_the_item_and_the_answer_says_what_came_of_it() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await.furnished().await;
    let deal = acme.deal("Roof").await;
    let made = hook(&acme, "bank").await;
    let path = address(&acme, "bank", key(&made), &deal);

    assert_eq!(
        made["url"],
        format!("https://crm.example/webhooks/{}/bank/{}/{{kind}}/{{id}}", acme.id, key(&made))
    );

    let moved =
        api.nobody().post(&format!("{path}?from=bank"), json!({"amount": 50})).await.expect(200);
    assert_eq!(
        (moved["moved"].as_bool(), moved["moved_to"].as_str()),
        (Some(true), Some("paid")),
        "{moved}"
    );

    let again = api.nobody().post(&path, json!({"amount": 50})).await.expect(200);
    // Whoever calls has no token: what the conditions saw of the item is none of their business.
    let told: Vec<&String> = again.as_object().unwrap().keys().collect();
    assert_eq!(told, ["event", "moved", "moved_to", "pending", "reason"], "{again}");
}

#[tokio::test]
async fn a_key_is_shown_once_and_a_new_one_locks_the_old_one_out() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await.furnished().await;
    let deal = acme.deal("Roof").await;
    let first = hook(&acme, "bank").await;

    let second = acme.admin.put("/v1/webhooks/bank", json!({"name": "Our bank"})).await.expect(200);
    assert_eq!(second["created_at"], first["created_at"]);

    let listed = acme.admin.get("/v1/webhooks").await;
    assert_eq!(listed.items()[0]["name"], "Our bank");
    assert!(
        !listed.text.contains(key(&first))
            && !listed.text.contains(key(&second))
            && !listed.text.contains("hash")
    );

    api.nobody()
        .post(&address(&acme, "bank", key(&first), &deal), json!({}))
        .await
        .problem(404, "not-found");
    api.nobody().post(&address(&acme, "bank", key(&second), &deal), json!({})).await.expect(200);

    acme.admin.delete("/v1/webhooks/bank").await.expect(204);
    api.nobody()
        .post(&address(&acme, "bank", key(&second), &deal), json!({}))
        .await
        .problem(404, "not-found");
    acme.admin.delete("/v1/webhooks/bank").await.problem(404, "not-found");
}

#[tokio::test]
async fn whatever_is_not_there_answers_alike() {
    let api = Api::start().await;
    let (acme, other) =
        (api.tenant("Acme").await.furnished().await, api.tenant("Other").await.furnished().await);
    let (deal, user) = (acme.deal("Roof").await, acme.user("Ira").await);
    let theirs = other.deal("Theirs").await;
    let made = hook(&acme, "bank").await;
    let right = address(&acme, "bank", key(&made), &deal);
    let zero = "0".repeat(32);

    let wrong = [
        right.replace(&acme.id, &zero),
        right.replace(&acme.id, "nobody"),
        right.replace(&acme.id, &other.id),
        right.replace("/bank/", "/shop/"),
        right.replace(key(&made), &"0".repeat(48)),
        right.replace(&deal, "nothing"),
        right.replace(&deal, &theirs),
        right.replace(&format!("deal/{deal}"), &format!("user/{user}")),
        right.replace("/deal/", "/dragon/"),
    ];

    let mut answers = Vec::new();
    for path in wrong {
        let reply = api.nobody().post(&path, json!({"amount": 50})).await;
        let problem = reply.problem(404, "not-found");
        answers.push((path, problem["detail"].clone(), problem["title"].clone()));
    }

    assert!(
        answers.iter().all(|(_, detail, title)| (detail, title) == (&answers[0].1, &answers[0].2)),
        "{answers:#?}"
    );

    assert_eq!(
        acme.admin.get(&format!("/v1/records/deal/{deal}")).await.json()["fields"]["stage"],
        "new"
    );
}

#[tokio::test]
async fn a_body_is_bounded_and_need_not_be_json() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await.furnished().await;
    let deal = acme.deal("Roof").await;
    let made = hook(&acme, "bank").await;
    let path = address(&acme, "bank", key(&made), &deal);

    api.nobody().send_raw("POST", &path, b"paid=yes&amount=5".to_vec()).await.expect(200);
    api.nobody().send_raw("POST", &path, vec![0xff, 0xfe]).await.expect(200);
    api.nobody().send_raw("POST", &path, Vec::new()).await.expect(200);

    api.nobody()
        .send_raw("POST", &path, vec![b'x'; 65_537])
        .await
        .problem(413, "request.too-large");
    // Control characters grow sixfold in JSON.
    api.nobody().send_raw("POST", &path, vec![1; 65_536]).await.problem(413, "request.too-large");
}

#[tokio::test]
async fn a_repeated_request_fires_once() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await.furnished().await;
    let deal = acme.deal("Roof").await;
    let made = hook(&acme, "bank").await;
    let path = address(&acme, "bank", key(&made), &deal);
    let sender = api.nobody().once("payment-1");

    let first = sender.post(&path, json!({"amount": 50})).await.expect(200);
    let again = sender.post(&path, json!({"amount": 50})).await.expect(200);
    assert_eq!(first["event"], again["event"]);

    sender.post(&path, json!({"amount": 51})).await.problem(422, "idempotency.other-body");
    let wrong = path.replace(key(&made), &"0".repeat(48));
    sender.post(&wrong, json!({"amount": 50})).await.problem(404, "not-found");

    // What was answered before is not answered to a key that opens nothing any more.
    acme.admin.put("/v1/webhooks/bank", json!({"name": "Bank"})).await.expect(200);
    sender.post(&path, json!({"amount": 50})).await.problem(404, "not-found");
}

#[tokio::test]
async fn a_webhook_has_to_make_sense() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await;

    acme.admin
        .put("/v1/webhooks/Bank%20account", json!({"name": "Bank"}))
        .await
        .problem(422, "webhook.invalid");
    acme.admin.put("/v1/webhooks/bank", json!({"name": ""})).await.problem(422, "webhook.invalid");
    acme.admin.put("/v1/webhooks/bank", json!({})).await.problem(422, "request.missing-field");
}
