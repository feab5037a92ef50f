//! The gateway that speaks signed JSON.

use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use stagewright_core::outside::{Request, Response};

use super::{World, header};

async fn post(world: &World, token: &str, key: &str, body: &Value) -> Response {
    let headers =
        vec![header("Authorization", &format!("Bearer {token}")), header("Idempotency-Key", key)];
    let request = Request {
        method: "POST".into(),
        url: world.standin.json_url(),
        headers,
        body: body.to_string().into_bytes(),
    };
    world.send(request).await.unwrap()
}

fn message() -> Value {
    json!({ "id": "d1", "to": "+16505550001", "text": "Hello" })
}

#[tokio::test]
async fn a_message_is_taken_and_the_same_key_has_the_same_answer() {
    let world = World::new().await;

    let first = post(&world, "stand-in-api-token", "d1", &message()).await;
    let second = post(&world, "stand-in-api-token", "d1", &message()).await;

    assert_eq!(
        (first.status, first.body.as_slice()),
        (200, br#"{"external_id":"gw-d1"}"#.as_slice())
    );
    assert_eq!(first.body, second.body);
    assert_eq!(world.standin.received().len(), 2);
}

#[tokio::test]
async fn a_message_that_lacks_something_is_refused() {
    let world = World::new().await;

    assert_eq!(post(&world, "guess", "d1", &message()).await.status, 401);
    assert_eq!(post(&world, "stand-in-api-token", "d2", &message()).await.status, 422);

    for body in [
        json!([]),
        json!({ "id": "d1", "to": "+1" }),
        json!({ "id": "d1", "to": "", "text": "x" }),
        json!({ "id": "d1", "to": "+1", "text": "" }),
    ] {
        assert_eq!(post(&world, "stand-in-api-token", "d1", &body).await.status, 422, "{body}");
    }

    let template =
        json!({ "id": "d1", "to": "+1", "text": "", "template": { "name": "reminder" } });
    assert_eq!(post(&world, "stand-in-api-token", "d1", &template).await.status, 200);
}

#[tokio::test]
async fn what_a_gateway_posts_is_signed() {
    let world = World::new().await;
    let events = json!([
        {
            "kind": "message", "external_id": "m1", "address": "+16505550001",
            "body": { "text": "Hello" },
        },
    ]);

    let incoming = world.standin.signed_json(&events);

    let key =
        Hmac::<Sha256>::new_from_slice(world.standin.options().json_secret.as_bytes()).unwrap();
    let mac = hex::encode(key.chain_update(&incoming.body).finalize().into_bytes());
    let signature =
        incoming.headers.iter().find(|header| header.name == "X-Stagewright-Signature").unwrap();

    assert_eq!(signature.value, format!("sha256={mac}"));
    assert_eq!(
        serde_json::from_slice::<Value>(&incoming.body).unwrap(),
        json!({ "events": events })
    );
}
