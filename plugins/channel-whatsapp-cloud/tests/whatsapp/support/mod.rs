//! A tenant with one WhatsApp number, and what Meta and the host say to its channel.

use stagewright_channel_whatsapp_cloud::WhatsAppCloud;
use stagewright_sdk::Header;
use stagewright_sdk::prelude::*;
use stagewright_sdk::test::{MockHost, hmac};

/// The number's id, as in the fixtures.
pub(crate) const NUMBER: &str = "106540352242922";

/// The secret that the fixtures are signed with.
pub(crate) const APP_SECRET: &str = "5f4dcc3b5aa765d61d8327deb882cf99";

/// A host whose admin has set everything up. It is noon of 2 March 2026.
pub(crate) fn host() -> MockHost {
    MockHost::new()
        .secret("app_secret", APP_SECRET)
        .secret("verify_token", "open sesame")
        .channel_settings(json!({ "phone_number_id": NUMBER }))
}

/// A notification under any signature.
pub(crate) fn posted(body: &[u8], signature: &str) -> Incoming {
    let headers = [("content-type", "application/json"), ("x-hub-signature-256", signature)];
    Incoming {
        method: "POST".into(),
        headers: headers.map(header).to_vec(),
        body: body.to_vec(),
        ..Incoming::default()
    }
}

/// A notification as Meta signs it.
pub(crate) fn signed(body: &[u8]) -> Incoming {
    posted(body, &format!("sha256={}", hex::encode(hmac(APP_SECRET, "sha256", body))))
}

fn header((name, value): (&str, &str)) -> Header {
    Header { name: name.into(), value: value.into() }
}

/// The events of a notification.
pub(crate) fn events(body: &str) -> Vec<Value> {
    let events = host().receive::<WhatsAppCloud>(&signed(body.as_bytes())).expect("a notification");
    events.as_array().expect("a list").clone()
}

/// The body of the event with this id.
pub(crate) fn body_of(body: &str, id: &str) -> Value {
    let found = events(body).into_iter().find(|event| event["external_id"] == id);
    found.expect("an event of that id")["body"].clone()
}

/// Asks for the next step.
pub(crate) fn step(job: &Value, state: &[u8], response: Option<&Response>) -> Step {
    host().send::<WhatsAppCloud>(job, state, response).expect("a step")
}

/// The request of a step, with its state.
pub(crate) fn requested(step: Step) -> (Request, Vec<u8>) {
    match step {
        Step::Send(request, state) | Step::Ask(request, state) => (request, state),
        Step::Done(delivery) => panic!("done without a request: {delivery:?}"),
    }
}

/// How a step ended the delivery.
pub(crate) fn ended(step: Step) -> Delivery {
    match step {
        Step::Done(delivery) => delivery,
        Step::Send(request, _) | Step::Ask(request, _) => {
            panic!("a further request: {} {}", request.method, request.url)
        }
    }
}

/// The JSON that a request carries.
pub(crate) fn sent_json(request: &Request) -> Value {
    serde_json::from_slice(&request.body).expect("JSON")
}

/// An answer of Meta's.
pub(crate) fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Response {
    Response { status, headers: headers.iter().copied().map(header).collect(), body: body.into() }
}

/// Meta took the message.
pub(crate) fn taken(id: &str) -> Response {
    let body = json!({
        "messaging_product": "whatsapp",
        "contacts": [{ "input": "+16505550001", "wa_id": "16505550001" }],
        "messages": [{ "id": id, "message_status": "accepted" }],
    });
    answer(200, &[], &body.to_string())
}

/// Meta refused, with a code.
pub(crate) fn refused(status: u16, code: i64) -> Response {
    let body = json!({
        "error": {
            "message": format!("(#{code}) What it is called"),
            "type": "OAuthException",
            "code": code,
            "error_data": { "messaging_product": "whatsapp", "details": "What exactly is wrong." },
            "fbtrace_id": "Az8or2yhqkZfEZ-_4Qn_Bam",
        }
    });
    answer(status, &[], &body.to_string())
}

/// A text on its way to a client who wrote an hour ago.
pub(crate) fn job() -> Value {
    json!({
        "id": "delivery-1", "to": "+16505550001", "text": "Hello",
        "free_text_until": "2026-03-03T11:00:00.000Z",
    })
}

/// The same job with other or further keys.
pub(crate) fn job_with(changes: &Value) -> Value {
    let mut job = job();
    let (Value::Object(fields), Value::Object(changes)) = (&mut job, changes) else { return job };
    fields.extend(changes.clone());
    job
}

/// The text at a pointer; a test that finds none sees `""`.
pub(crate) fn text_of(value: &Value, pointer: &str) -> String {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or("").to_owned()
}
