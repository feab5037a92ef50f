//! `/hooks`

use serde_json::json;

use crate::support::{Api, Tenancy};

async fn chat(api: &Api) -> (Tenancy, String) {
    let acme = api.tenant("Acme").await;
    acme.kit().await;
    acme.line(&[]).await;
    let path = format!("/hooks/{}/chat", acme.id);
    (acme, path)
}

fn message(id: &str) -> serde_json::Value {
    json!([
        {
            "kind": "message", "external_id": id, "address": "+380671234567",
            "display_name": "Olha", "body": {"text": "hi"},
        },
    ])
}

#[tokio::test]
async fn a_message_is_there_when_the_provider_is_answered() {
    let api = Api::start().await;
    let (acme, path) = chat(&api).await;

    let answer = api.nobody().with("x-signature", "good").post(&path, message("m1")).await;
    assert_eq!(
        (answer.status, answer.text.as_str(), answer.header("x-taken")),
        (202, "thanks", "yes")
    );

    assert_eq!(acme.admin.get("/v1/conversations").await.items()[0]["display_name"], "Olha");
}

#[tokio::test]
async fn the_same_message_twice_has_no_second_effect() {
    let api = Api::start().await;
    let (acme, path) = chat(&api).await;

    for _ in 0..2 {
        api.nobody().with("x-signature", "good").post(&path, message("m1")).await.expect(202);
    }

    let conversation =
        acme.admin.get("/v1/conversations").await.items()[0]["id"].as_str().unwrap().to_owned();
    assert_eq!(
        acme.admin.get(&format!("/v1/conversations/{conversation}/messages")).await.items().len(),
        1
    );
}

#[tokio::test]
async fn a_forgery_learns_nothing_and_changes_nothing() {
    let api = Api::start().await;
    let (acme, path) = chat(&api).await;

    let forged = api.nobody().with("x-signature", "bad").post(&path, message("m1")).await;
    forged.problem(401, "hook.forged");
    assert!(!forged.text.contains("signature"), "{}", forged.text);
    assert!(acme.admin.get("/v1/conversations").await.items().is_empty());
}

#[tokio::test]
async fn unknown_addresses_answer_alike() {
    let api = Api::start().await;
    let (acme, _) = chat(&api).await;
    let other = api.tenant("Other").await;

    let mut details = Vec::new();
    for path in [
        format!("{}/nothing", acme.id),
        format!("{}/chat", other.id),
        format!("{}/chat", "11".repeat(16)),
        "none/chat".to_owned(),
    ] {
        let reply = api
            .nobody()
            .with("x-signature", "good")
            .post(&format!("/hooks/{path}"), message("m1"))
            .await;
        details.push(reply.problem(404, "not-found")["detail"].clone());
    }

    details.dedup();
    assert_eq!(details.len(), 1, "{details:?}");
}

#[tokio::test]
async fn a_channel_that_fails_has_the_provider_come_again() {
    let api = Api::start().await;
    let (_, path) = chat(&api).await;

    let failed =
        api.nobody().with("x-signature", "good").send_raw("POST", &path, b"no json".to_vec()).await;
    failed.problem(503, "hook.failed");
    assert!(!failed.text.contains("secret cause"), "{}", failed.text);
    assert_eq!(failed.header("retry-after"), "1");

    api.nobody()
        .with("x-signature", "strange")
        .post(&path, message("m1"))
        .await
        .problem(503, "hook.failed");
}

#[tokio::test]
async fn a_handshake_is_answered_by_the_channel_with_any_method_and_below_its_address() {
    let api = Api::start().await;
    let (_, path) = chat(&api).await;

    for method in ["GET", "PUT", "POST"] {
        let answer = api
            .nobody()
            .send_raw(method, &format!("{path}/verify/me?challenge=a%20b&x=1"), Vec::new())
            .await;
        assert_eq!((answer.status, answer.text), (200, format!("{method} verify/me a b")));
    }

    let answer = api.nobody().send_raw("GET", &format!("{path}?challenge=c"), Vec::new()).await;
    assert_eq!(answer.text, "GET  c");
}

#[tokio::test]
async fn a_channels_reply_cannot_speak_for_the_host() {
    let api = Api::start().await;
    let (_, path) = chat(&api).await;

    let answer = api.nobody().with("x-signature", "good").post(&path, message("m1")).await;

    assert_eq!(answer.header("content-security-policy"), "default-src 'none'; sandbox");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert_eq!(
        (answer.header("connection"), answer.header("content-length") == "999"),
        ("", false)
    );
    assert_eq!(answer.header("x-request-id").len(), 32);
}
