//! The robot "send message" against the mock host, and what the bundle says it offers.

use stagewright_channel_whatsapp_cloud::{SendMessage, catalogue};
use stagewright_sdk::HostError;
use stagewright_sdk::prelude::*;
use stagewright_sdk::test::MockHost;

#[test]
fn only_recipient_and_text_must_be_filled_in() {
    let ran = MockHost::new()
        .run_saved::<SendMessage>(&json!({ "to": "+380671234567", "text": "Please answer" }));

    assert_eq!(
        ran.messages(),
        [json!({ "to": "+380671234567", "text": "Please answer", "channel_kind": "whatsapp" })]
    );
    assert_eq!(ran.results(), Some(&json!({ "delivery": "delivery-1" })));
}

#[test]
fn every_setting_reaches_the_message() {
    let settings = json!({
        "to": " +380671234567 ", "text": "Please answer", "channel": "wa1",
        "template_name": "reminder", "template_language": "uk",
        "template_parameters": ["Anna", "D1"], "drop_if_stage_left": true, "not_after_minutes": 90,
    });

    let ran = MockHost::new().now("2026-03-02T23:00:00.000Z").run_saved::<SendMessage>(&settings);

    let expected = json!({
        "to": "+380671234567", "text": "Please answer", "channel": "wa1",
        "channel_kind": "whatsapp", "drop_if_stage_left": true,
        "template": { "name": "reminder", "language": "uk", "parameters": ["Anna", "D1"] },
        "not_after": "2026-03-03T00:30:00.000Z",
    });
    assert_eq!(ran.messages(), [expected]);
}

#[test]
fn an_untouched_form_field_counts_as_not_chosen() {
    let settings = json!({
        "to": "+1650", "text": "Hi", "channel": "", "template_name": " ", "not_after_minutes": null,
    });

    let ran = MockHost::new().run_saved::<SendMessage>(&settings);

    assert_eq!(
        ran.messages(),
        [json!({ "to": "+1650", "text": "Hi", "channel_kind": "whatsapp" })]
    );
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
fn a_missing_grant_is_told_as_it_is() {
    let ran = MockHost::new()
        .deny("messaging.send")
        .run_saved::<SendMessage>(&json!({ "to": "+1650", "text": "Hi" }));

    assert_eq!(ran.failure().unwrap().code, "permission-denied");
}

#[test]
fn an_unavailable_host_is_tried_again() {
    let busy = HostError {
        retryable: true,
        ..HostError::permanent("unavailable", "the directory of channels is busy; try again")
    };

    let ran = MockHost::new()
        .refuse("messaging.send", busy)
        .run_saved::<SendMessage>(&json!({ "to": "+1650", "text": "Hi" }));

    assert!(ran.failure().unwrap().retryable);
}

#[test]
fn the_bundle_offers_the_robot_and_the_channel() {
    let catalogue = catalogue();

    assert_eq!(
        (&catalogue["robots"][0]["id"], &catalogue["robots"][0]["name"]["en"]),
        (&json!("send-message"), &json!("Send message"))
    );

    let channel = &catalogue["channels"][0];
    assert_eq!(
        (&channel["id"], &channel["kind"], &channel["free_text_hours"]),
        (&json!("whatsapp-cloud"), &json!("whatsapp"), &json!(24))
    );

    let secrets: Vec<&str> = channel["secrets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| s["name"].as_str().unwrap())
        .collect();
    assert_eq!(secrets, ["access_token", "app_secret", "verify_token"]);
}

#[test]
fn only_the_numbers_id_and_the_messages_fields_are_required() {
    let catalogue = catalogue();
    let required = |pointer: &str| -> Vec<String> {
        let settings = catalogue.pointer(pointer).unwrap().as_array().unwrap();
        settings
            .iter()
            .filter(|s| s["required"] == true)
            .map(|s| s["key"].as_str().unwrap().to_owned())
            .collect()
    };

    assert_eq!(required("/channels/0/settings"), ["phone_number_id"]);
    assert_eq!(required("/robots/0/settings"), ["to", "text"]);
}
