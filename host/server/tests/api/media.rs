//! `GET /v1/conversations/{id}/messages/{number}/media`

use serde_json::{Value, json};

use crate::support::{Api, Tenancy};

/// A client's message with this file; gives the path of its conversation's messages.
async fn message_with(acme: &Tenancy, media: Value) -> String {
    let event = json!([
        {
            "kind": "message", "external_id": "m1", "address": "+380671234567",
            "body": {"text": "hi", "media": media},
        },
    ]);

    let path = format!("/hooks/{}/chat", acme.id);
    acme.admin.with("x-signature", "good").post(&path, event).await.expect(202);

    let conversation =
        acme.admin.get("/v1/conversations").await.items()[0]["id"].as_str().unwrap().to_owned();
    format!("/v1/conversations/{conversation}/messages")
}

#[tokio::test]
async fn a_clients_file_is_fetched_through_its_channel() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await.furnished().await;

    let messages =
        message_with(&acme, json!({"id": "f1", "mime": "text/html", "name": "da\"ch\r\n.png"}))
            .await;
    let listed = acme.admin.get(&messages).await.items();
    let url = listed[0]["media_url"].as_str().unwrap();
    assert_eq!((url, listed[0]["number"].as_u64()), (&*format!("{messages}/1/media"), Some(1)));

    let file = acme.admin.get(url).await;
    assert_eq!((file.status, file.text.as_str()), (200, "{}"));
    assert_eq!(file.header("content-type"), "image/png");
    // A stranger's file is not for the browser to open.
    assert_eq!(
        file.header("content-disposition"),
        "attachment; filename*=UTF-8''da%22ch%0D%0A.png"
    );
    assert_eq!(file.header("content-security-policy"), "default-src 'none'; sandbox");
    assert_eq!(file.header("x-content-type-options"), "nosniff");
    assert_eq!(file.header("cache-control"), "private, no-store");
}

#[tokio::test]
async fn a_message_without_a_file_has_none() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await.furnished().await;
    let ira = acme.user("Ira").await;
    let messages = message_with(&acme, Value::Null).await;
    let conversation = messages.trim_end_matches("/messages");

    // What an employee writes was never the provider's to give, whatever he writes.
    let reply = json!({"text": "hello", "user": ira, "attachments": [{"media": "f1"}]});
    acme.admin.post(&format!("{conversation}/reply"), reply).await.expect(201);

    for number in [1, 2] {
        acme.admin.get(&format!("{messages}/{number}/media")).await.problem(404, "media.none");
    }

    assert!(
        acme.admin
            .get(&messages)
            .await
            .items()
            .iter()
            .all(|message| message.get("media_url").is_none())
    );

    for number in ["3", "0", "18446744073709551615", "-1", "x"] {
        acme.admin.get(&format!("{messages}/{number}/media")).await.problem(404, "not-found");
    }
}

#[tokio::test]
async fn a_file_that_the_provider_does_not_give_is_said_so() {
    for (id, status, code) in [
        ("failed", 502, "media.refused"),
        ("retry", 503, "media.unavailable"),
        ("sent", 502, "media.refused"),
        ("sends", 502, "media.refused"),
    ] {
        let api = Api::start().await;
        let acme = api.tenant("Acme").await.furnished().await;
        let messages = message_with(&acme, json!({"id": id})).await;
        acme.admin.get(&format!("{messages}/1/media")).await.problem(status, code);
    }
}

#[tokio::test]
async fn another_tenant_gets_no_file() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await.furnished().await;
    let messages = message_with(&acme, json!({"id": "f1"})).await;

    let other = api.tenant("Other").await;
    other.admin.get(&format!("{messages}/1/media")).await.problem(404, "not-found");
    assert_eq!(acme.admin.get(&format!("{messages}/1/media")).await.status, 200);
}
