//! Whatever Meta, the host or whoever pretends to be them says, the channel answers and does not
//! panic.

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;

use stagewright_channel_whatsapp_cloud::WhatsAppCloud;
use stagewright_sdk::prelude::*;

use crate::support::{NUMBER, answer, host, job, job_with, requested, signed, step};

/// Keys that the channel looks for, so that arbitrary JSON gets somewhere.
const KEYS: [&str; 40] = [
    "id",
    "from",
    "timestamp",
    "type",
    "text",
    "body",
    "image",
    "caption",
    "mime_type",
    "sha256",
    "filename",
    "audio",
    "voice",
    "document",
    "reaction",
    "emoji",
    "interactive",
    "button_reply",
    "title",
    "button",
    "location",
    "latitude",
    "name",
    "contacts",
    "phones",
    "order",
    "product_items",
    "quantity",
    "system",
    "errors",
    "code",
    "error_data",
    "context",
    "referral",
    "statuses",
    "status",
    "recipient_id",
    "profile",
    "wa_id",
    "messages",
];

/// Words that the channel compares with.
const WORDS: [&str; 14] = [
    "text",
    "image",
    "audio",
    "document",
    "reaction",
    "interactive",
    "button",
    "location",
    "contacts",
    "order",
    "system",
    "sent",
    "failed",
    "button_reply",
];

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,20}".prop_map(Value::from),
        proptest::sample::select(&WORDS[..]).prop_map(Value::from),
        "[0-9]{1,20}".prop_map(Value::from),
    ];

    leaf.prop_recursive(5, 64, 8, |inner| {
        let key = proptest::sample::select(&KEYS[..]).prop_map(str::to_owned);
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Value::from),
            btree_map(key, inner, 0..8).prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// Anything that has an id, a sender and a known kind, so that the channel looks into the rest.
fn any_message() -> impl Strategy<Value = Value> {
    let key = proptest::sample::select(&KEYS[..]).prop_map(str::to_owned);
    let kind = proptest::sample::select(&WORDS[..]);
    (btree_map(key, any_json(), 0..8), kind, any_json(), "[a-z]{0,3}", "[0-9]{0,3}").prop_map(
        |(rest, kind, part, id, from)| {
            let known = [("id", id.as_str()), ("from", &from), ("type", kind), ("status", kind)];
            let known = known.map(|(key, value)| (key.to_owned(), json!(value)));

            Value::Object(rest.into_iter().chain([(kind.to_owned(), part)]).chain(known).collect())
        },
    )
}

/// A notification to our number with anything in it.
fn notified(messages: &Value, contacts: &Value, statuses: &Value) -> Value {
    let value = json!({
        "metadata": { "phone_number_id": NUMBER }, "messages": messages, "contacts": contacts,
        "statuses": statuses, "errors": statuses,
    });
    json!({
        "object": "whatsapp_business_account",
        "entry": [{ "changes": [{ "field": "messages", "value": value }] }],
    })
}

proptest! {
    #[test]
    fn any_bytes_are_answered(
        body in vec(any::<u8>(), 0..200),
        method in "(GET|POST|.{0,5})",
        signature in ".{0,40}",
    ) {
        let incoming = Incoming { method, ..crate::support::posted(&body, &signature) };

        let _authenticity = host().authenticate::<WhatsAppCloud>(&incoming);
        let _events = host().receive::<WhatsAppCloud>(&signed(&body));
    }

    #[test]
    fn any_json_is_a_notification_or_refused(body in any_json()) {
        let _events = host().receive::<WhatsAppCloud>(&signed(body.to_string().as_bytes()));
    }

    #[test]
    fn any_message_becomes_events_that_the_host_can_keep(
        messages in vec(any_message(), 1..6),
        contacts in any_json(),
    ) {
        let whole = |message: &&Value| message["id"] != "" && message["from"] != "";
        let expected = messages.iter().filter(whole).count();
        let messages = Value::from(messages);
        let body = notified(&messages, &contacts, &messages);

        let events = host().receive::<WhatsAppCloud>(&signed(body.to_string().as_bytes())).unwrap();

        let is_status = |event: &&Value| event["kind"] == "message-status";
        let (statuses, of_clients): (Vec<&Value>, Vec<&Value>) =
            events.as_array().unwrap().iter().partition(is_status);
        prop_assert_eq!(of_clients.len(), expected);

        for event in events.as_array().unwrap() {
            prop_assert!(!event["external_id"].as_str().unwrap().is_empty());
            prop_assert!(event["kind"].is_string());
        }

        for status in statuses {
            let word = status["body"]["status"].as_str().unwrap();
            prop_assert!(["sent", "delivered", "read", "failed"].contains(&word));
        }
        for message in of_clients {
            prop_assert!(!message["body"]["text"].as_str().unwrap().is_empty());
            prop_assert!(!message["address"].as_str().unwrap().is_empty());
        }
    }

    #[test]
    fn any_answer_ends_or_continues_a_delivery(
        status in 0_u16..700,
        body in any_json(),
        state in ".{0,40}",
    ) {
        let response = answer(status, &[("Retry-After", &state)], &body.to_string());
        let (_, sending) = requested(step(&job(), &[], None));
        let (_, locating) = requested(step(&json!({ "media": "1" }), &[], None));

        let _sent = step(&job(), &sending, Some(&response));
        let _located = step(&json!({ "media": "1" }), &locating, Some(&response));
        let _torn = host().send::<WhatsAppCloud>(&job(), state.as_bytes(), Some(&response));
    }

    #[test]
    fn any_job_is_answered(
        text in "[a-z{}:\\\\\"é]{0,60}",
        attachments in vec(any_json(), 0..4),
        template in any_json(),
        until in any_json(),
    ) {
        let job = job_with(&json!({
            "text": text, "attachments": attachments, "template": template,
            "free_text_until": until,
        }));

        if let Ok(Step::Send(request, _)) = host().send::<WhatsAppCloud>(&job, &[], None) {
            prop_assert!(!request.body.windows(2).any(|pair| pair == b"{{"));
        }

        let job = json!({ "to": text, "text": text });
        if let Ok(Step::Send(request, _)) = host().send::<WhatsAppCloud>(&job, &[], None) {
            prop_assert_eq!(&crate::support::sent_json(&request)["text"]["body"], &json!(text));
        }
    }
}
