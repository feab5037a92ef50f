//! What the stand-in tells the host.

use std::collections::BTreeSet;

use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use stagewright_core::outside::Incoming;

use super::super::{Became, Notification, Packing};
use super::{ANNA, World, text_to};

fn header<'a>(incoming: &'a Incoming, name: &str) -> &'a str {
    incoming
        .headers
        .iter()
        .find(|header| header.name == name)
        .map_or("", |header| header.value.as_str())
}

fn is_signed(incoming: &Incoming, secret: &str) -> bool {
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes())
        .unwrap()
        .chain_update(&incoming.body)
        .finalize()
        .into_bytes();
    header(incoming, "X-Hub-Signature-256") == format!("sha256={}", hex::encode(mac))
}

fn json_of(notification: &Notification) -> Value {
    serde_json::from_slice(&notification.incoming().body).unwrap()
}

/// The lists `messages` of every change, as their texts.
fn texts(notification: &Notification) -> Vec<Vec<String>> {
    let body = json_of(notification);
    let changes = body["entry"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|entry| entry["changes"].as_array().unwrap());

    let of = |change: &Value| {
        change["value"]["messages"]
            .as_array()
            .unwrap()
            .iter()
            .map(|m| m["text"]["body"].as_str().unwrap().to_owned())
            .collect()
    };

    changes.map(of).collect()
}

/// Three clients' messages in one notification.
fn three(world: &World) -> Notification {
    let text = |from: &str, text: &str| world.standin.inbound_text(from, "Client", text);
    text("+16505550001", "one").and(text("+16505550002", "two")).and(text("+16505550001", "three"))
}

#[tokio::test]
async fn a_text_is_notified_as_meta_does_it() {
    let world = World::new().await;

    let notification = world.standin.inbound_text("+380 67 123-45-67", "Олена", "Добрий день");

    let incoming = notification.incoming();
    assert_eq!(
        (incoming.method.as_str(), header(&incoming, "Content-Type")),
        ("POST", "application/json")
    );
    assert!(is_signed(&incoming, &world.standin.options().app_secret));

    let value = json!({
        "messaging_product": "whatsapp",
        "metadata": { "display_phone_number": "15550783881", "phone_number_id": "106540352242922" },
        "contacts": [{ "profile": { "name": "Олена" }, "wa_id": "380671234567" }],
        "messages": [
            {
                "from": "380671234567", "id": notification.ids()[0], "timestamp": "1772452800",
                "type": "text", "text": { "body": "Добрий день" },
            },
        ],
    });
    let entry =
        json!({ "id": "102290129340398", "changes": [{ "value": value, "field": "messages" }] });

    assert_eq!(
        json_of(&notification),
        json!({ "object": "whatsapp_business_account", "entry": [entry] })
    );
}

#[tokio::test]
async fn the_bytes_are_escaped_as_metas_are() {
    let world = World::new().await;

    let body = world.standin.inbound_text(ANNA, "Anna", "є https://x.example 🙂").incoming().body;

    let body = String::from_utf8(body).unwrap();
    assert!(body.contains(r"\u0454 https:\/\/x.example \ud83d\ude42") && body.is_ascii(), "{body}");
}

#[tokio::test]
async fn the_same_notification_gives_the_same_bytes_and_another_one_another_id() {
    let world = World::new().await;
    let (first, second) = (
        world.standin.inbound_text(ANNA, "Anna", "Hello"),
        world.standin.inbound_text(ANNA, "Anna", "Hello"),
    );

    assert_eq!(first.incoming(), first.incoming());
    assert_ne!(first.ids(), second.ids());
    assert_eq!(second.with_id(&first.ids()[0]), first);
}

#[tokio::test]
async fn ids_do_not_come_again_after_a_restart() {
    let (before, after) = (World::new().await, World::new().await);
    after.pass(1);

    assert_ne!(
        before.standin.inbound_text(ANNA, "Anna", "Hi").ids(),
        after.standin.inbound_text(ANNA, "Anna", "Hi").ids()
    );
}

#[tokio::test]
async fn messages_may_be_packed_in_every_way() {
    let world = World::new().await;
    let three = three(&world);

    let (one, many) =
        (three.clone().packed(Packing::OneChange), three.clone().packed(Packing::ManyChanges));
    let entries = three.packed(Packing::ManyEntries);

    assert_eq!(texts(&one), [vec!["one", "two", "three"]]);
    assert_eq!(texts(&many), [["one"], ["two"], ["three"]]);
    assert_eq!(texts(&entries), texts(&many));

    let shape = |n: &Notification| {
        json_of(n)["entry"]
            .as_array()
            .unwrap()
            .iter()
            .map(|e| e["changes"].as_array().unwrap().len())
            .collect()
    };
    let shapes: [Vec<usize>; 3] = [shape(&one), shape(&many), shape(&entries)];
    assert_eq!(shapes, [vec![1], vec![3], vec![1, 1, 1]]);
}

#[tokio::test]
async fn messages_may_be_split_turned_round_and_doubled() {
    let world = World::new().await;
    let three = three(&world);

    let alone: Vec<_> = three.clone().split().iter().map(texts).collect();
    let ids: BTreeSet<String> = three.clone().twice().ids().into_iter().collect();

    assert_eq!(alone, [[["one"]], [["two"]], [["three"]]]);
    assert_eq!(texts(&three.clone().reversed()), [["three", "two", "one"]]);
    assert_eq!((texts(&three.twice())[0].len(), ids.len()), (6, 3));
}

#[tokio::test]
async fn a_forged_notification_has_another_signature() {
    let world = World::new().await;
    let honest = world.standin.inbound_text(ANNA, "Anna", "Hello");

    let forged = honest.clone().forged().incoming();

    assert!(!is_signed(&forged, &world.standin.options().app_secret));
    assert_eq!(forged.body, honest.incoming().body);
}

#[tokio::test]
async fn statuses_tell_what_became_of_a_message() {
    let world = World::new().await;
    world.anna_writes();
    world.post(&text_to(ANNA, "Hello")).await;
    let id = world.standin.accepted()[0].id.clone();
    world.pass(2_000);

    let notification =
        world.standin.statuses(&id, &[Became::Read, Became::Sent, Became::Failed(131026)]).unwrap();

    let statuses = json_of(&notification)["entry"][0]["changes"][0]["value"]["statuses"].clone();
    let told: Vec<_> = statuses
        .as_array()
        .unwrap()
        .iter()
        .map(|status| status["status"].as_str().unwrap())
        .collect();
    assert_eq!(told, ["read", "sent", "failed"]);

    let read = json!({
        "id": id, "status": "read", "timestamp": "1772452802", "recipient_id": "16505550001",
        "biz_opaque_callback_data": "delivery-1",
    });
    assert_eq!(statuses[0], read);

    assert_eq!(statuses[1]["pricing"]["category"], "service");
    assert_eq!(
        (&statuses[2]["errors"][0]["code"], &statuses[2]["errors"][0]["title"]),
        (&json!(131026), &json!("Message undeliverable"))
    );
    assert_eq!(statuses[2]["errors"][0]["error_data"]["details"], "Message undeliverable");
    assert!(is_signed(&notification.incoming(), &world.standin.options().app_secret));
}

#[tokio::test]
async fn statuses_and_messages_may_come_together() {
    let world = World::new().await;
    world.anna_writes();
    world.post(&text_to(ANNA, "Hello")).await;
    let id = world.standin.accepted()[0].id.clone();

    let both = world
        .standin
        .statuses(&id, &[Became::Delivered])
        .unwrap()
        .and(world.standin.inbound_text(ANNA, "Anna", "Thanks"));

    let value = &json_of(&both)["entry"][0]["changes"][0]["value"];
    assert_eq!(
        (value["statuses"].as_array().unwrap().len(), value["messages"].as_array().unwrap().len()),
        (1, 1)
    );
    assert_eq!(both.split().len(), 2);
}

#[tokio::test]
async fn a_message_that_was_never_taken_has_no_statuses() {
    let world = World::new().await;

    assert_eq!(world.standin.statuses("wamid.NONE", &[Became::Sent]), None);
}

#[tokio::test]
async fn the_handshake_knows_the_verify_token() {
    let world = World::new().await;

    let handshake = world.standin.handshake();

    let query: Vec<(&str, &str)> =
        handshake.query.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    let expected = [
        ("hub.mode", "subscribe"),
        ("hub.challenge", "1158201444"),
        ("hub.verify_token", "stand-in-verify-token"),
    ];

    assert_eq!((handshake.method.as_str(), query), ("GET", expected.to_vec()));
}
