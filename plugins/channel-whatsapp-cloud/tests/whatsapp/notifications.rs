//! Notifications as a whole: several entries, other numbers, statuses, mixtures, rubbish.

use stagewright_channel_whatsapp_cloud::WhatsAppCloud;
use stagewright_sdk::prelude::*;

use crate::support::{events, host, signed, text_of};

const SEVERAL: &str = include_str!("fixtures/several_entries.json");
const STATUSES: &str = include_str!("fixtures/statuses.json");

/// Kind and id of every event, in order.
fn outline(body: &str) -> Vec<(String, String)> {
    events(body)
        .iter()
        .map(|event| (text_of(event, "/kind"), text_of(event, "/external_id")))
        .collect()
}

fn refusal(body: &[u8]) -> String {
    host().receive::<WhatsAppCloud>(&signed(body)).err().unwrap_or_default()
}

#[test]
fn messages_of_several_entries_keep_their_order_and_their_senders() {
    let events = events(SEVERAL);

    let told: Vec<_> = events
        .iter()
        .map(|e| {
            [&e["display_name"], &e["address"], &e["body"]["text"]].map(|v| v.as_str().unwrap())
        })
        .collect();
    let expected = [
        ["Boris", "+16505550002", "first"],
        ["Anna", "+16505550001", "second"],
        ["Anna", "+16505550001", "third"],
    ];

    assert_eq!(told, expected);
}

#[test]
fn another_number_of_the_account_is_none_of_ours() {
    assert!(!outline(SEVERAL).iter().any(|(_, id)| id == "wamid.X1"));
    let other = host().channel_settings(json!({ "phone_number_id": "999999999999999" }));

    let events = other.receive::<WhatsAppCloud>(&signed(SEVERAL.as_bytes())).unwrap();

    assert_eq!(events.as_array().unwrap().len(), 1);
    assert_eq!(events[0]["external_id"], "wamid.X1");
}

#[test]
fn another_field_than_messages_is_left_whatever_is_in_it() {
    // While another program serves a chat, Meta shows its messages under the field `standby`.
    let body = include_str!("fixtures/text.json")
        .replace("\"field\": \"messages\"", "\"field\": \"standby\"");

    assert_eq!(events(&body), Vec::<Value>::new());
}

#[test]
fn statuses_keep_the_order_of_their_arrival() {
    let told: Vec<(String, String)> = events(STATUSES)
        .iter()
        .map(|event| {
            (
                event["external_id"].as_str().unwrap().to_owned(),
                event["body"]["status"].as_str().unwrap().to_owned(),
            )
        })
        .collect();

    let expected = [
        ("OURS1", "read"),
        ("OURS1", "delivered"),
        ("OURS1", "sent"),
        ("OURS2", "failed"),
        ("OURS3", "failed"),
        ("OURS4", "read"),
    ];
    assert_eq!(told, expected.map(|(id, status)| (format!("wamid.{id}"), status.to_owned())));
}

#[test]
fn a_status_names_our_delivery_and_the_recipient() {
    let read = &events(STATUSES)[0];

    let expected = json!({
        "kind": "message-status", "external_id": "wamid.OURS1",
        "occurred_at": "2026-03-02T12:00:09Z", "address": "+16505550001",
        "body": { "status": "read", "delivery": "delivery-1" },
    });
    assert_eq!(read, &expected);
}

#[test]
fn a_status_keeps_what_it_costs() {
    assert_eq!(events(STATUSES)[2]["body"]["pricing"]["category"], "service");
}

#[test]
fn a_failed_message_says_why_and_what_to_do() {
    let failed = &events(STATUSES)[3]["body"];

    let reason = failed["reason"].as_str().unwrap();
    for part in
        ["Re-engagement message", "more than 24 hours", "131047", "set an approved template"]
    {
        assert!(reason.contains(part), "{reason}");
    }

    assert_eq!(failed["errors"][0]["code"], 131047);
}

#[test]
fn a_message_that_arrived_in_spite_of_errors_needs_no_reason() {
    let body = STATUSES.replace("\"status\": \"failed\"", "\"status\": \"delivered\"");

    let delivered = &events(&body)[3]["body"];

    assert_eq!((delivered.get("reason"), &delivered["errors"][0]["code"]), (None, &json!(131047)));
}

#[test]
fn a_failed_message_without_errors_has_no_reason() {
    assert_eq!(events(STATUSES)[4]["body"], json!({ "status": "failed" }));
}

#[test]
fn messages_and_statuses_may_be_mixed() {
    let status = |id: &str| ("message-status".to_owned(), id.to_owned());
    let expected = [
        status("wamid.OURS1"),
        ("message".to_owned(), "wamid.A1".to_owned()),
        status("wamid.OURS1"),
    ];

    assert_eq!(outline(include_str!("fixtures/mixed.json")), expected);
}

#[test]
fn the_same_notification_twice_gives_the_same_events() {
    assert_eq!(events(SEVERAL), events(SEVERAL));
}

#[test]
fn an_unreadable_body_is_refused_in_words() {
    assert!(refusal(b"{\"object\":").contains("not JSON"));
    assert!(refusal(b"").contains("not JSON"));
    assert!(refusal(b"\xff\xfe").contains("not JSON"));
    assert!(refusal(b"[]").contains("`object`"));
    assert!(refusal(b"{\"object\": 5}").contains("`object`"));
    assert!(refusal(b"{\"object\": \"whatsapp_business_account\"}").contains("`entry`"));

    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    assert!(refusal(deep.as_bytes()).contains("not JSON"));
}

#[test]
fn a_notification_about_something_else_brings_nothing() {
    let account = "whatsapp_business_account";
    let empty = json!([{"id": "1"}, 5, null, {"changes": [null, {"field": "messages"}]}]);
    let update = json!([{"changes": [{"field": "account_update", "value": {"event": "X"}}]}]);
    let cases = [
        ("page", json!([{"id": "1", "messaging": []}])),
        (account, json!([])),
        (account, empty),
        (account, update),
    ];

    for (object, entry) in cases {
        let body = json!({ "object": object, "entry": entry }).to_string();
        assert_eq!(events(&body), Vec::<Value>::new(), "{body}");
    }
}
