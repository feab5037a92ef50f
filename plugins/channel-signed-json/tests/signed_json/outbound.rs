//! What the channel sends to a gateway and how it reads the answers.

use stagewright_channel_signed_json::SignedJson;
use stagewright_sdk::Header;
use stagewright_sdk::prelude::*;
use stagewright_sdk::test::MockHost;

fn send(job: &Value, response: Option<&Response>) -> Result<Step, String> {
    let host =
        MockHost::new().channel_settings(json!({ "url": "https://gateway.example/messages" }));
    host.send::<SignedJson>(job, b"left over", response)
}

/// How the delivery ended; nothing where it has not.
fn answered(status: u16, headers: &[(&str, &str)], body: &str) -> Option<Delivery> {
    let headers = headers
        .iter()
        .map(|(name, value)| Header { name: (*name).into(), value: (*value).into() })
        .collect();
    let response = Response { status, headers, body: body.into() };

    match send(&json!({ "id": "d1", "to": "+15550101", "text": "Hi" }), Some(&response)) {
        Ok(Step::Done(delivery)) => Some(delivery),
        Ok(Step::Send(..) | Step::Ask(..)) | Err(_) => None,
    }
}

#[test]
fn a_job_becomes_one_post_with_the_token_and_the_key_against_repetition() {
    let job =
        json!({ "id": "d1", "to": "+15550101", "text": "Hi", "template": { "name": "reminder" } });

    let Ok(Step::Send(request, state)) = send(&job, None) else { panic!("done without a request") };

    let headers: Vec<(&str, &str)> =
        request.headers.iter().map(|h| (h.name.as_str(), h.value.as_str())).collect();
    let expected = [
        ("Content-Type", "application/json"),
        ("Authorization", "Bearer {{secret:api_token}}"),
        ("Idempotency-Key", "d1"),
    ];
    assert_eq!(headers, expected);
    assert_eq!(
        (request.method.as_str(), request.url.as_str()),
        ("POST", "https://gateway.example/messages")
    );

    let body: Value = serde_json::from_slice(&request.body).unwrap();
    assert_eq!(
        body,
        json!({ "id": "d1", "to": "+15550101", "text": "Hi", "template": { "name": "reminder" } })
    );
    assert!(state.is_empty());
}

#[test]
fn an_answer_with_an_id_counts_as_sent() {
    assert_eq!(answered(202, &[], r#"{"external_id":"x9"}"#), Some(Delivery::Sent("x9".into())));
}

#[test]
fn a_busy_gateway_is_asked_again_when_it_says() {
    assert!(matches!(
        answered(429, &[("retry-after", "30")], ""),
        Some(Delivery::Retry(Some(30), _))
    ));
    assert!(matches!(answered(503, &[], ""), Some(Delivery::Retry(None, _))));
    assert!(matches!(
        answered(503, &[("Retry-After", "Mon, 02 Mar 2026 12:00:00 GMT")], ""),
        Some(Delivery::Retry(None, _))
    ));
}

#[test]
fn a_refused_message_has_failed_with_the_gateways_words() {
    assert_eq!(
        answered(422, &[], "no such number"),
        Some(Delivery::Failed("the gateway answered 422: no such number".into()))
    );
}

#[test]
fn an_answer_that_may_hide_a_sent_message_is_unknown() {
    assert!(matches!(answered(500, &[], ""), Some(Delivery::Unknown(_))));
    assert!(matches!(answered(200, &[], "<html>"), Some(Delivery::Unknown(_))));
    assert!(matches!(answered(302, &[], ""), Some(Delivery::Unknown(_))));
}

#[test]
fn a_state_without_an_answer_starts_again_under_the_same_key() {
    assert!(matches!(
        send(&json!({ "id": "d1", "to": "+1", "text": "Hi" }), None),
        Ok(Step::Send(..))
    ));
}

#[test]
fn a_channel_without_an_address_says_so() {
    let refusal =
        MockHost::new().send::<SignedJson>(&json!({ "id": "d1" }), &[], None).unwrap_err();

    assert!(refusal.contains("`url`"), "{refusal}");
}

#[test]
fn a_look_up_is_refused_and_nothing_is_posted() {
    let job = json!({ "id": "d1", "media": { "id": "m1" } });

    assert!(matches!(send(&job, None), Ok(Step::Done(Delivery::Failed(_)))));
}
