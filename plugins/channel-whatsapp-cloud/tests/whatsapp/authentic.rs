//! Who may speak to the channel.

use stagewright_channel_whatsapp_cloud::WhatsAppCloud;
use stagewright_sdk::prelude::*;

use crate::support::{host, posted, signed};

const BODY: &str = include_str!("fixtures/text.json");

fn asked(query: &[(&str, &str)]) -> Authenticity {
    let query = query.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    host().authenticate::<WhatsAppCloud>(&Incoming {
        method: "GET".into(),
        query,
        ..Incoming::default()
    })
}

/// Why a request is rejected; nothing where it is not.
fn rejection(authenticity: Authenticity) -> String {
    match authenticity {
        Authenticity::Reject(reason) => reason,
        Authenticity::Ok(_) | Authenticity::Handshake(_) => String::new(),
    }
}

#[test]
fn the_handshake_echoes_the_challenge_as_plain_text() {
    let answer = asked(&[
        ("hub.mode", "subscribe"),
        ("hub.challenge", "1158201444"),
        ("hub.verify_token", "open sesame"),
    ]);

    assert_eq!(answer, Authenticity::Handshake(Reply::text("1158201444")));
}

#[test]
fn a_wrong_verify_token_gets_nothing_back() {
    let query = [
        ("hub.mode", "subscribe"),
        ("hub.challenge", "1158201444"),
        ("hub.verify_token", "open barley"),
    ];

    let reason = rejection(asked(&query));

    assert!(
        reason.contains("verify_token")
            && !reason.contains("barley")
            && !reason.contains("1158201444"),
        "{reason}"
    );
}

#[test]
fn an_incomplete_handshake_is_rejected() {
    assert!(rejection(asked(&[])).contains("hub.mode"));
    assert!(rejection(asked(&[("hub.mode", "unsubscribe")])).contains("subscribe"));
    assert!(rejection(asked(&[("hub.mode", "subscribe")])).contains("hub.verify_token"));
    assert!(
        rejection(asked(&[("hub.mode", "subscribe"), ("hub.verify_token", "open sesame")]))
            .contains("hub.challenge")
    );
}

#[test]
fn a_signed_notification_is_answered_with_200() {
    let authenticity = host().authenticate::<WhatsAppCloud>(&signed(BODY.as_bytes()));

    assert_eq!(authenticity, Authenticity::Ok(Reply::text("EVENT_RECEIVED")));
}

#[test]
fn a_signature_counts_over_the_raw_bytes() {
    let reformatted = serde_json::from_str::<Value>(BODY).unwrap().to_string();
    let mut incoming = signed(BODY.as_bytes());
    incoming.body = reformatted.into_bytes();

    assert!(rejection(host().authenticate::<WhatsAppCloud>(&incoming)).contains("HMAC"));
}

#[test]
fn a_signature_under_another_secret_is_rejected() {
    let elsewhere = host().secret("app_secret", "another app's");

    assert!(
        rejection(elsewhere.authenticate::<WhatsAppCloud>(&signed(BODY.as_bytes())))
            .contains("app_secret")
    );
}

#[test]
fn a_missing_or_unreadable_signature_is_rejected() {
    let unsigned = Incoming { method: "POST".into(), body: BODY.into(), ..Incoming::default() };

    assert!(rejection(host().authenticate::<WhatsAppCloud>(&unsigned)).contains("missing"));

    for signature in ["", "sha256=", "sha256=zz", "sha1=00", "00", "sha256=00"] {
        assert_ne!(
            rejection(host().authenticate::<WhatsAppCloud>(&posted(BODY.as_bytes(), signature))),
            "",
            "{signature}"
        );
    }
}

#[test]
fn the_old_sha1_signature_is_not_enough() {
    let mut incoming = posted(BODY.as_bytes(), "");
    incoming.headers.retain(|header| header.name != "x-hub-signature-256");
    incoming
        .headers
        .push(stagewright_sdk::Header { name: "X-Hub-Signature".into(), value: "sha1=00".into() });

    assert!(
        rejection(host().authenticate::<WhatsAppCloud>(&incoming)).contains("X-Hub-Signature-256")
    );
}

#[test]
fn other_methods_are_rejected() {
    for method in ["PUT", "DELETE", "get", ""] {
        let incoming = Incoming { method: method.into(), ..signed(BODY.as_bytes()) };

        assert!(
            rejection(host().authenticate::<WhatsAppCloud>(&incoming)).contains("instead of"),
            "{method}"
        );
    }
}

#[test]
fn a_secret_that_nobody_has_set_lets_nobody_in() {
    let bare = stagewright_sdk::test::MockHost::new()
        .channel_settings(json!({ "phone_number_id": crate::support::NUMBER }));

    assert_ne!(rejection(bare.authenticate::<WhatsAppCloud>(&signed(BODY.as_bytes()))), "");
}
