//! The robot "HTTP request" against the mock host.

use stagewright_robot_http_request::HttpRequest;
use stagewright_sdk::prelude::*;
use stagewright_sdk::test::{Effect, MockHost};

const URL: &str = "https://api.example/orders";

fn answered(status: u16, body: &str, settings: Value) -> stagewright_sdk::test::Ran<Value> {
    MockHost::new().answer(status, body).run_saved::<HttpRequest>(&settings)
}

#[test]
fn the_answer_becomes_results() {
    let ran = answered(
        201,
        r#"{"data":[{"id":7}]}"#,
        json!({ "url": URL, "body": "{}", "take": "data.0.id" }),
    );

    let request = Request::new("POST", URL, "{}").header("Content-Type", "application/json");
    assert_eq!(ran.effects, [Effect::Fetched(request)]);
    assert_eq!(
        ran.results(),
        Some(&json!({ "status": 201, "value": "7", "body": r#"{"data":[{"id":7}]}"# }))
    );
}

#[test]
fn every_setting_reaches_the_request() {
    let settings =
        json!({ "method": "PUT", "url": URL, "headers": ["X-Key: a:b", " "], "body": "<x/>" });

    let Effect::Fetched(request) = &answered(200, "", settings).effects[0] else {
        panic!("no request")
    };

    let expected = Request::new("PUT", URL, "<x/>")
        .header("X-Key", "a:b")
        .header("Content-Type", "application/json");
    assert_eq!(*request, expected);
}

#[test]
fn a_content_type_of_ones_own_is_left_alone() {
    let settings = json!({ "url": URL, "headers": ["content-type: text/xml"], "body": "<x/>" });

    let Effect::Fetched(request) = &answered(200, "", settings).effects[0] else {
        panic!("no request")
    };

    assert_eq!(*request, Request::new("POST", URL, "<x/>").header("content-type", "text/xml"));
}

#[test]
fn only_the_chosen_statuses_are_a_success() {
    assert!(
        answered(404, "", json!({ "url": URL, "success": ["2xx", "404"] })).results().is_some()
    );

    let failure =
        answered(204, "", json!({ "url": URL, "success": ["200"] })).failure().cloned().unwrap();
    assert_eq!((failure.code.as_str(), failure.retryable), ("http-status", false));
}

#[test]
fn a_server_out_of_order_is_asked_again_and_one_that_refuses_is_not() {
    for (status, again) in
        [(500, true), (503, true), (429, true), (408, true), (400, false), (301, false)]
    {
        let failure = answered(status, "no", json!({ "url": URL })).failure().cloned().unwrap();
        assert_eq!(
            (failure.retryable, failure.message),
            (again, format!("the server answered {status}: no"))
        );
    }

    assert!(!answered(500, "", json!({ "url": URL, "retry": false })).failure().unwrap().retryable);
}

#[test]
fn a_lost_answer_is_asked_for_again_unless_that_was_switched_off() {
    let lost = |settings: Value| {
        MockHost::new().run_saved::<HttpRequest>(&settings).failure().cloned().unwrap()
    };

    assert!(lost(json!({ "url": URL })).retryable);
    assert!(!lost(json!({ "url": URL, "retry": false })).retryable);
}

#[test]
fn a_value_that_is_not_there_names_the_setting() {
    for body in [r#"{"data":[]}"#, "plain text"] {
        let failure = answered(200, body, json!({ "url": URL, "take": "data.0.id" }))
            .failure()
            .cloned()
            .unwrap();
        assert_eq!((failure.code.as_str(), failure.setting.as_deref()), ("no-value", Some("take")));
    }
}

#[test]
fn a_header_without_a_colon_names_the_setting_and_nothing_is_sent() {
    let ran = answered(200, "", json!({ "url": URL, "headers": ["X-Key"] }));

    assert_eq!(ran.failure().unwrap().setting.as_deref(), Some("headers"));
    assert!(ran.effects.is_empty());
}

#[test]
fn a_server_that_is_not_granted_is_not_asked() {
    let ran = MockHost::new()
        .deny("http.send:api.example")
        .run_saved::<HttpRequest>(&json!({ "url": URL }));

    assert_eq!(ran.failure().unwrap().code, "permission-denied");
    assert!(ran.effects.is_empty());
}

#[test]
fn a_long_answer_is_cut_by_what_it_becomes_in_json_and_never_within_a_character() {
    for (character, bytes) in [("a", 1), ("я", 2), ("😀", 4), ("\n", 2), ("\u{1}", 6)] {
        let text = character.repeat(40_000);
        let ran = answered(200, &json!([text]).to_string(), json!({ "url": URL, "take": "0" }));

        let results = ran.results().unwrap();
        assert_eq!(results["value"], character.repeat(32_000 / bytes));
        // The host takes no more than this of a robot.
        assert!(results.to_string().len() <= 64 << 10);

        let ran = answered(200, &text, json!({ "url": URL }));
        assert_eq!(ran.results().unwrap()["body"], character.repeat(16_000 / bytes));
    }
}

#[test]
fn what_fits_is_not_cut() {
    let (value, body) = ("\"".repeat(16_000), "\\".repeat(8_000));

    let ran = answered(200, &json!([value]).to_string(), json!({ "url": URL, "take": "0" }));
    assert_eq!(ran.results().unwrap()["value"], value);

    let ran = answered(200, &body, json!({ "url": URL }));
    assert_eq!(ran.results().unwrap()["body"], body);
}
