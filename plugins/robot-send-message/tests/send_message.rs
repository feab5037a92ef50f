//! The robot "send message" against the mock host.

use stagewright_robot_send_message::{SendMessage, catalogue};
use stagewright_sdk::HostError;
use stagewright_sdk::prelude::*;
use stagewright_sdk::test::MockHost;

#[test]
fn only_recipient_and_text_must_be_filled_in() {
    let ran = MockHost::new()
        .run_saved::<SendMessage>(&json!({ "to": "+15550101", "text": "Please answer" }));

    assert_eq!(ran.messages(), [json!({ "to": "+15550101", "text": "Please answer" })]);
    assert_eq!(ran.results(), Some(&json!({ "delivery": "delivery-1" })));
}

#[test]
fn every_setting_reaches_the_message() {
    let settings = json!({
        "to": " +15550101 ", "text": "Please answer", "channel": "wa1", "template_name": "reminder",
        "template_language": "ru", "template_parameters": ["Anna", "D1"],
        "drop_if_stage_left": true, "not_after_minutes": 90,
    });

    let ran = MockHost::new().now("2026-03-02T23:00:00.000Z").run_saved::<SendMessage>(&settings);

    let expected = json!({
        "to": "+15550101", "text": "Please answer", "channel": "wa1", "drop_if_stage_left": true,
        "template": { "name": "reminder", "language": "ru", "parameters": ["Anna", "D1"] },
        "not_after": "2026-03-03T00:30:00.000Z",
    });
    assert_eq!(ran.messages(), [expected]);
}

#[test]
fn an_untouched_form_field_counts_as_not_chosen() {
    let settings = json!({
        "to": "+15550101", "text": "Hi", "channel": "", "template_name": " ",
        "not_after_minutes": null,
    });

    let ran = MockHost::new().run_saved::<SendMessage>(&settings);

    assert_eq!(ran.messages(), [json!({ "to": "+15550101", "text": "Hi" })]);
}

#[test]
fn an_empty_recipient_is_a_permanent_failure_and_nothing_is_sent() {
    let ran = MockHost::new().run_saved::<SendMessage>(&json!({ "to": " ", "text": "Hi" }));

    let failure =
        Failure::permanent("recipient-empty", "recipient phone is empty").in_setting("to");
    assert_eq!(ran.failure(), Some(&failure));
    assert!(ran.effects.is_empty());
}

#[test]
fn a_missing_text_names_the_setting() {
    let ran = MockHost::new().run_saved::<SendMessage>(&json!({ "to": "+15550101" }));

    let failure = ran.failure().unwrap();
    assert_eq!((failure.code.as_str(), failure.setting.as_deref()), ("bad-setting", Some("text")));
}

#[test]
fn an_unavailable_host_is_tried_again() {
    let busy = HostError {
        retryable: true,
        ..HostError::permanent("unavailable", "the directory of channels is busy; try again")
    };

    let ran = MockHost::new()
        .refuse("messaging.send", busy)
        .run_saved::<SendMessage>(&json!({ "to": "+1555", "text": "Hi" }));

    let failure = ran.failure().unwrap();
    assert_eq!((failure.code.as_str(), failure.retryable), ("unavailable", true));
}

#[test]
fn the_catalogue_marks_what_is_rendered_and_what_is_required() {
    let catalogue = catalogue();

    let settings = catalogue["robots"][0]["settings"].as_array().unwrap();
    let required: Vec<&str> = settings
        .iter()
        .filter(|s| s["required"] == true)
        .map(|s| s["key"].as_str().unwrap())
        .collect();
    assert_eq!(required, ["to", "text"]);

    assert_eq!((&settings[1]["kind"], &settings[1]["max"]), (&json!("template"), &json!(4096)));
    assert_eq!(
        (&settings[5]["kind"], &settings[5]["multiple"]),
        (&json!("template"), &json!(true))
    );
}
