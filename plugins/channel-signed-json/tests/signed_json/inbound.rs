//! What the channel accepts from a gateway.

use stagewright_channel_signed_json::SignedJson;
use stagewright_sdk::Header;
use stagewright_sdk::prelude::*;
use stagewright_sdk::test::{MockHost, hmac};

const BODY: &str = r#"{"events":[
    {"kind":"message","external_id":"m1","occurred_at":"2026-03-02T12:00:00Z",
        "address":"+15550101","display_name":"Ivan","body":{"text":"Hello"}},
    {"kind":"message-status","external_id":"d1","status":"failed","reason":"no such number"}
]}"#;

fn host() -> MockHost {
    MockHost::new()
        .secret("signing_secret", "s3cret")
        .channel_settings(json!({ "url": "https://gateway.example/messages" }))
}

fn posted(body: &str, signature: &str) -> Incoming {
    let signature = Header { name: "x-stagewright-signature".into(), value: signature.into() };
    Incoming {
        method: "POST".into(),
        headers: vec![signature],
        body: body.as_bytes().to_vec(),
        ..Incoming::default()
    }
}

fn signed(body: &str, secret: &str) -> Incoming {
    posted(body, &format!("sha256={}", hex::encode(hmac(secret, "sha256", body.as_bytes()))))
}

/// Why the request is rejected; nothing where it is not.
fn rejection(incoming: &Incoming) -> String {
    match host().authenticate::<SignedJson>(incoming) {
        Authenticity::Reject(reason) => reason,
        Authenticity::Ok(_) | Authenticity::Handshake(_) => String::new(),
    }
}

#[test]
fn a_signed_body_is_answered_with_200() {
    let authenticity = host().authenticate::<SignedJson>(&signed(BODY, "s3cret"));

    assert_eq!(authenticity, Authenticity::Ok(Reply::ok()));
}

#[test]
fn a_signature_under_another_secret_is_rejected() {
    assert!(rejection(&signed(BODY, "guess")).contains("HMAC"));
}

#[test]
fn a_changed_body_is_rejected() {
    let mut incoming = signed(BODY, "s3cret");
    incoming.body.push(b' ');

    assert!(rejection(&incoming).contains("HMAC"));
}

#[test]
fn a_missing_or_unreadable_signature_is_rejected() {
    let unsigned = Incoming { method: "POST".into(), body: BODY.into(), ..Incoming::default() };

    assert!(rejection(&unsigned).contains("missing"));
    assert!(rejection(&posted(BODY, "sha256=zz")).contains("hex"));
    assert!(rejection(&posted(BODY, "sha1=00")).contains("hex"));
}

#[test]
fn another_method_than_post_is_rejected() {
    let incoming = Incoming { method: "GET".into(), ..signed(BODY, "s3cret") };

    assert!(rejection(&incoming).contains("GET"));
}

#[test]
fn messages_and_their_states_become_events() {
    let events = host().receive::<SignedJson>(&signed(BODY, "s3cret")).unwrap();

    let message = json!({
        "kind": "message", "external_id": "m1", "occurred_at": "2026-03-02T12:00:00Z",
        "address": "+15550101", "display_name": "Ivan", "body": { "text": "Hello" },
    });
    let status = json!({
        "kind": "message-status", "external_id": "d1",
        "body": { "status": "failed", "reason": "no such number" },
    });

    assert_eq!(events, json!([message, status]));
}

#[test]
fn a_body_outside_the_protocol_is_refused_as_a_whole() {
    let body = r#"{"events":[{"kind":"message-status","external_id":"d1","status":"lost"}]}"#;

    let refusal = host().receive::<SignedJson>(&signed(body, "s3cret")).unwrap_err();

    assert!(refusal.contains("protocol") && refusal.contains("lost"), "{refusal}");
}
