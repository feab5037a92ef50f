//! Texts and templates on their way out.

use stagewright_channel_whatsapp_cloud::WhatsAppCloud;
use stagewright_sdk::prelude::*;
use stagewright_sdk::test::MockHost;

use crate::support::{ended, host, job, job_with, refused, requested, sent_json, step, taken};

fn template() -> Value {
    json!({ "name": "reminder", "language": "uk", "parameters": ["Anna", "D-17"] })
}

/// A job after the window closed an hour ago.
fn late(template: &Value) -> Value {
    job_with(&json!({ "free_text_until": "2026-03-02T11:00:00.000Z", "template": template }))
}

#[test]
fn a_text_is_one_post_to_the_number_with_the_token_as_a_placeholder() {
    let (request, _) = requested(step(&job(), &[], None));

    let headers: Vec<(&str, &str)> =
        request.headers.iter().map(|h| (h.name.as_str(), h.value.as_str())).collect();
    assert_eq!(
        headers,
        [("Content-Type", "application/json"), ("Authorization", "Bearer {{secret:access_token}}")]
    );

    let url = "https://graph.facebook.com/v21.0/106540352242922/messages";
    assert_eq!((request.method.as_str(), request.url.as_str()), ("POST", url));

    let expected = json!({
        "messaging_product": "whatsapp", "recipient_type": "individual", "to": "+16505550001",
        "type": "text", "text": { "preview_url": false, "body": "Hello" },
        "biz_opaque_callback_data": "delivery-1",
    });
    assert_eq!(sent_json(&request), expected);
}

#[test]
fn an_answer_with_an_id_is_a_sent_message() {
    let (_, state) = requested(step(&job(), &[], None));

    assert_eq!(
        ended(step(&job(), &state, Some(&taken("wamid.OURS1")))),
        Delivery::Sent("wamid.OURS1".into())
    );
}

#[test]
fn a_secrets_placeholder_in_a_text_goes_out_as_written_and_is_never_filled_in() {
    let text = "my token is {{secret:access_token}} and {{secret:app_secret}}";

    let (request, _) = requested(step(&job_with(&json!({ "text": text })), &[], None));

    let raw = String::from_utf8(request.body.clone()).unwrap();
    assert!(!raw.contains("{{"), "{raw}");
    assert_eq!(sent_json(&request)["text"]["body"], text);
}

#[test]
fn another_api_may_be_set() {
    let host = MockHost::new().channel_settings(
        json!({ "phone_number_id": " 42 ", "api_base": "http://127.0.0.1:9/v22.0/" }),
    );

    let (request, _) = requested(host.send::<WhatsAppCloud>(&job(), &[], None).unwrap());

    assert_eq!(request.url, "http://127.0.0.1:9/v22.0/42/messages");
}

#[test]
fn settings_that_make_no_address_fail_for_good_and_say_which() {
    for (settings, named) in [
        (json!({ "phone_number_id": "+1 555" }), "phone_number_id"),
        (json!({ "phone_number_id": "1/2" }), "phone_number_id"),
        (json!({ "phone_number_id": "1", "api_base": "graph.facebook.com" }), "api_base"),
    ] {
        let step = MockHost::new()
            .channel_settings(settings)
            .send::<WhatsAppCloud>(&job(), &[], None)
            .unwrap();

        assert!(
            matches!(ended(step), Delivery::Failed(reason) if reason.contains(named)),
            "{named}"
        );
    }
}

#[test]
fn a_job_without_recipient_or_content_fails_for_good() {
    assert_eq!(
        ended(step(&job_with(&json!({ "to": " " })), &[], None)),
        Delivery::Failed("recipient phone is empty".into())
    );

    let empty = ended(step(&job_with(&json!({ "text": " " })), &[], None));
    assert!(matches!(empty, Delivery::Failed(reason) if reason.contains("nothing to send")));
}

#[test]
fn within_the_window_the_text_goes_out_even_where_a_template_is_set() {
    let (request, _) = requested(step(&job_with(&json!({ "template": template() })), &[], None));

    assert_eq!(sent_json(&request)["type"], "text");
}

#[test]
fn after_the_window_the_template_goes_out_instead() {
    let (request, state) = requested(step(&late(&template()), &[], None));

    let expected = json!({
        "messaging_product": "whatsapp", "recipient_type": "individual", "to": "+16505550001",
        "type": "template",
        "template": {
            "name": "reminder", "language": { "code": "uk" },
            "components": [
                {
                    "type": "body",
                    "parameters": [
                        { "type": "text", "text": "Anna" }, { "type": "text", "text": "D-17" },
                    ],
                },
            ],
        },
        "biz_opaque_callback_data": "delivery-1",
    });

    assert_eq!(sent_json(&request), expected);

    let job = late(&template());
    assert_eq!(
        ended(step(&job, &state, Some(&taken("wamid.T1")))),
        Delivery::Sent("wamid.T1".into())
    );
}

#[test]
fn after_the_window_nothing_goes_out_without_a_template() {
    let ended = ended(step(&late(&Value::Null), &[], None));

    assert!(matches!(ended, Delivery::WindowClosed(reason) if reason.contains("template")));
}

#[test]
fn the_windows_last_moment_still_counts() {
    let at = |now: &str| {
        requested(
            host()
                .now(now)
                .send::<WhatsAppCloud>(&job_with(&json!({ "template": template() })), &[], None)
                .unwrap(),
        )
    };

    assert_eq!(sent_json(&at("2026-03-03T11:00:00.000Z").0)["type"], "text");
    assert_eq!(sent_json(&at("2026-03-03T11:00:00.001Z").0)["type"], "template");
}

#[test]
fn no_window_is_an_open_one() {
    for until in [Value::Null, json!("soon"), json!(5)] {
        let (request, _) = requested(step(
            &job_with(&json!({ "free_text_until": until, "template": template() })),
            &[],
            None,
        ));

        assert_eq!(sent_json(&request)["type"], "text");
    }
}

#[test]
fn a_template_alone_goes_out_at_any_time() {
    let (request, _) =
        requested(step(&job_with(&json!({ "text": "", "template": template() })), &[], None));

    assert_eq!(sent_json(&request)["type"], "template");
}

#[test]
fn whatsapps_own_refusal_of_a_text_leads_to_the_template() {
    let job = job_with(&json!({ "template": template() }));
    let (_, state) = requested(step(&job, &[], None));

    let (request, state) = requested(step(&job, &state, Some(&refused(400, 131047))));

    assert_eq!(sent_json(&request)["template"]["name"], "reminder");
    assert!(matches!(
        ended(step(&job, &state, Some(&refused(400, 131047)))),
        Delivery::WindowClosed(_)
    ));
}

#[test]
fn whatsapps_own_refusal_without_a_template_is_a_closed_window() {
    let (_, state) = requested(step(&job(), &[], None));

    assert!(matches!(
        ended(step(&job(), &state, Some(&refused(400, 131047)))),
        Delivery::WindowClosed(_)
    ));
}

#[test]
fn a_templates_parameters_become_one_line_each() {
    let template =
        json!({ "name": "reminder", "language": "", "parameters": ["  a\n\tb     c ", 7, true] });

    let (request, _) = requested(step(&late(&template), &[], None));

    let template = &sent_json(&request)["template"];
    let texts: Vec<&str> = template["components"][0]["parameters"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| p["text"].as_str().unwrap())
        .collect();
    assert_eq!((texts, &template["language"]["code"]), (vec!["a b c", "7", "true"], &json!("en")));
}

#[test]
fn a_template_without_parameters_has_no_components() {
    let (request, _) =
        requested(step(&late(&json!({ "name": "hello_world", "language": "en_US" })), &[], None));

    assert_eq!(
        sent_json(&request)["template"],
        json!({ "name": "hello_world", "language": { "code": "en_US" } })
    );
}

#[test]
fn a_template_without_a_name_fails_for_good() {
    let delivery = ended(step(&late(&json!({})), &[], None));

    assert!(matches!(delivery, Delivery::Failed(reason) if reason.contains("template_name")));
}

#[test]
fn a_state_and_an_answer_belong_together() {
    let (_, state) = requested(step(&job(), &[], None));

    assert!(host().send::<WhatsAppCloud>(&job(), &state, None).is_err());
    assert!(host().send::<WhatsAppCloud>(&job(), &[], Some(&taken("wamid.OURS1"))).is_err());
    assert!(
        host()
            .send::<WhatsAppCloud>(&job(), b"rubbish", Some(&taken("wamid.OURS1")))
            .unwrap_err()
            .contains("state")
    );
}
