//! Files that go along with a message.

use stagewright_sdk::prelude::*;

use crate::support::{answer, ended, job_with, refused, requested, sent_json, step, taken};

/// `PNG` and `PDF` in base64.
const PNG: &str = "UE5H";
const PDF: &str = "UERG";

fn uploaded(id: &str) -> Response {
    answer(200, &[], &json!({ "id": id }).to_string())
}

/// Why the attachments are refused before anything is sent.
fn refusal(attachments: &Value) -> String {
    match ended(step(&job_with(&json!({ "attachments": attachments })), &[], None)) {
        Delivery::Failed(reason) => reason,
        other => format!("not refused: {other:?}"),
    }
}

#[test]
fn a_file_is_uploaded_and_then_sent_with_the_text_as_its_caption() {
    let job = job_with(
        &json!({ "attachments": [{ "name": "roof.png", "mime": "image/png", "data": PNG }] }),
    );

    let (upload, state) = requested(step(&job, &[], None));
    let (message, state) = requested(step(&job, &state, Some(&uploaded("M1"))));
    let delivery = ended(step(&job, &state, Some(&taken("wamid.OURS1"))));

    assert_eq!(upload.url, "https://graph.facebook.com/v21.0/106540352242922/media");
    let expected = json!({
        "messaging_product": "whatsapp", "recipient_type": "individual", "to": "+16505550001",
        "type": "image", "image": { "id": "M1", "caption": "Hello" },
        "biz_opaque_callback_data": "delivery-1",
    });
    assert_eq!(sent_json(&message), expected);
    assert_eq!(delivery, Delivery::Sent("wamid.OURS1".into()));
}

#[test]
fn an_upload_is_form_data_byte_for_byte() {
    let job = job_with(&json!({
        "attachments": [{ "name": "a \"b\".pdf", "mime": "application/pdf", "data": PDF }],
    }));

    let (upload, _) = requested(step(&job, &[], None));

    let headers: Vec<(&str, &str)> =
        upload.headers.iter().map(|h| (h.name.as_str(), h.value.as_str())).collect();
    let form = ("Content-Type", "multipart/form-data; boundary=stagewright-part");
    assert_eq!(headers, [form, ("Authorization", "Bearer {{secret:access_token}}")]);

    let expected = "--stagewright-part\r\nContent-Disposition: form-data; \
        name=\"messaging_product\"\r\n\r\nwhatsapp\r\n\
                    --stagewright-part\r\nContent-Disposition: form-data; \
                    name=\"type\"\r\n\r\napplication/pdf\r\n\
                    --stagewright-part\r\nContent-Disposition: form-data; name=\"file\"; \
                    filename=\"a %22b%22.pdf\"\r\n\
                    Content-Type: application/pdf\r\n\r\nPDF\r\n--stagewright-part--\r\n";
    assert_eq!(String::from_utf8(upload.body).unwrap(), expected);
}

#[test]
fn several_files_are_all_uploaded_before_the_first_message() {
    let attachments = json!([
        { "mime": "audio/ogg; codecs=opus", "data": PNG },
        { "mime": "application/pdf", "name": "offer.pdf", "data": PDF },
        { "mime": "video/mp4", "link": "https://files.example/roof.mp4" },
    ]);
    let job = job_with(&json!({ "attachments": attachments }));

    let (first, state) = requested(step(&job, &[], None));
    let (second, state) = requested(step(&job, &state, Some(&uploaded("M1"))));
    let (document, state) = requested(step(&job, &state, Some(&uploaded("M2"))));
    let (audio, state) = requested(step(&job, &state, Some(&taken("wamid.1"))));
    let (video, state) = requested(step(&job, &state, Some(&taken("wamid.2"))));
    let delivery = ended(step(&job, &state, Some(&taken("wamid.3"))));

    assert!(first.url.ends_with("/media") && second.url.ends_with("/media"));
    assert_eq!(
        sent_json(&document)["document"],
        json!({ "id": "M2", "caption": "Hello", "filename": "offer.pdf" })
    );
    assert_eq!(sent_json(&audio)["audio"], json!({ "id": "M1" }));
    assert_eq!(sent_json(&video)["video"], json!({ "link": "https://files.example/roof.mp4" }));
    assert_eq!(delivery, Delivery::Sent("wamid.1".into()));
}

#[test]
fn every_file_is_sent_with_its_own_id() {
    let attachments =
        json!([{ "mime": "audio/mpeg", "media": "KNOWN" }, { "mime": "audio/mpeg", "data": PNG }]);
    let job = job_with(&json!({ "text": "", "attachments": attachments }));

    let (_, state) = requested(step(&job, &[], None));
    let (first, state) = requested(step(&job, &state, Some(&uploaded("M1"))));
    let (second, _) = requested(step(&job, &state, Some(&taken("wamid.1"))));

    assert_eq!(
        [sent_json(&first)["audio"]["id"].clone(), sent_json(&second)["audio"]["id"].clone()],
        ["KNOWN", "M1"]
    );
}

#[test]
fn a_file_that_is_too_large_to_upload_is_refused() {
    let data = |bytes: usize| "A".repeat(bytes.div_ceil(3) * 4);

    let reason = refusal(&json!([{ "mime": "image/png", "data": data((3 << 20) + 1) }]));
    let (upload, _) = requested(step(
        &job_with(&json!({ "attachments": [{ "mime": "image/png", "data": data(3 << 20) }] })),
        &[],
        None,
    ));

    assert!(reason.contains("link"), "{reason}");
    assert!(upload.body.len() > 3 << 20 && upload.body.len() < 4 << 20, "{}", upload.body.len());
}

#[test]
fn a_text_that_cannot_be_a_caption_goes_before_the_file() {
    let long = "x".repeat(1_025);
    for (text, attachment) in [
        ("Hello", json!({ "mime": "audio/mpeg", "media": "M1" })),
        ("Hello", json!({ "mime": "image/webp", "media": "M1" })),
        (long.as_str(), json!({ "mime": "image/png", "media": "M1" })),
    ] {
        let job = job_with(&json!({ "text": text, "attachments": [attachment] }));

        let (words, state) = requested(step(&job, &[], None));
        let (file, _) = requested(step(&job, &state, Some(&taken("wamid.1"))));

        assert_eq!(sent_json(&words)["text"]["body"], text);
        assert_eq!(
            sent_json(&file)[sent_json(&file)["type"].as_str().unwrap()],
            json!({ "id": "M1" })
        );
    }
}

#[test]
fn a_file_may_go_without_a_text() {
    let job =
        job_with(&json!({ "text": "", "attachments": [{ "mime": "image/png", "media": "M1" }] }));

    let (message, _) = requested(step(&job, &[], None));

    assert_eq!(sent_json(&message)["image"], json!({ "id": "M1" }));
}

#[test]
fn an_upload_may_be_repeated_whatever_went_wrong() {
    let job = job_with(&json!({ "attachments": [{ "mime": "image/png", "data": PNG }] }));
    let (_, state) = requested(step(&job, &[], None));
    let after = |response: Response| ended(step(&job, &state, Some(&response)));

    for response in [
        answer(500, &[], ""),
        answer(200, &[], "{}"),
        answer(200, &[], "<html>"),
        refused(400, 131056),
    ] {
        assert!(matches!(after(response), Delivery::Retry(..)));
    }

    assert!(matches!(after(refused(400, 131053)), Delivery::Failed(_)));
}

#[test]
fn what_went_out_is_never_sent_again() {
    let job = job_with(&json!({
        "attachments": [{ "mime": "audio/mpeg", "media": "M1" }],
        "template": { "name": "reminder" },
    }));
    let (_, state) = requested(step(&job, &[], None));
    let (_, state) = requested(step(&job, &state, Some(&taken("wamid.1"))));
    let after = |response: Response| ended(step(&job, &state, Some(&response)));

    let paused = after(refused(400, 131056));
    let rest = "1 of its messages went out";
    assert!(matches!(paused, Delivery::Unknown(reason) if reason.starts_with(rest)));
    assert!(matches!(after(answer(500, &[], "")), Delivery::Unknown(_)));

    let spoilt = after(refused(400, 131053));
    assert!(matches!(spoilt, Delivery::Failed(reason) if reason.starts_with("1 of")));
    assert!(matches!(after(refused(400, 131047)), Delivery::WindowClosed(_)));
}

#[test]
fn after_the_window_the_template_stands_for_the_files_too() {
    let job = job_with(&json!({
        "free_text_until": "2026-03-02T11:00:00.000Z", "template": { "name": "reminder" },
        "attachments": [{ "mime": "image/png", "data": PNG }],
    }));

    let (request, _) = requested(step(&job, &[], None));

    assert_eq!(sent_json(&request)["type"], "template");
}

#[test]
fn what_cannot_be_sent_is_refused_before_anything_goes_out() {
    let good = json!({ "mime": "image/png", "media": "M1" });
    for (bad, named) in [
        (json!({ "data": PNG }), "mime"),
        (json!({ "mime": "png", "data": PNG }), "mime"),
        (json!({ "mime": "image/png\r\nX-Evil: 1", "data": PNG }), "mime"),
        (json!({ "mime": "image/{{secret:access_token}}", "data": PNG }), "mime"),
        (json!({ "mime": "image/png" }), "none of"),
        (json!({ "mime": "image/png", "link": "http://files.example/a.png" }), "https"),
        (json!({ "mime": "image/png", "media": "../../me" }), "id"),
        (json!("a.png"), "mime"),
    ] {
        let reason = refusal(&json!([good, bad]));

        assert!(reason.starts_with("attachment 2 ") && reason.contains(named), "{reason}");
    }

    assert!(refusal(&json!([good, good, good, good])).contains("at most 3"));
    assert!(refusal(&json!([{ "mime": "image/png", "data": "not base64!" }])).contains("base64"));
}

#[test]
fn a_file_with_a_secrets_placeholder_stays_in_the_house() {
    // `{{secret:access_token}}`
    let data = "e3tzZWNyZXQ6YWNjZXNzX3Rva2VufX0=";

    assert!(refusal(&json!([{ "mime": "text/plain", "data": data }])).contains("{{secret:"));
}

#[test]
fn the_client_sees_messages_and_no_uploads() {
    let job = job_with(&json!({
        "attachments": [
            { "mime": "image/png", "data": PNG }, { "mime": "image/png", "data": PDF },
        ],
    }));

    let Step::Ask(_, state) = step(&job, &[], None) else {
        panic!("the first upload counts as a message")
    };
    let Step::Ask(_, state) = step(&job, &state, Some(&uploaded("M1"))) else {
        panic!("the second upload counts as a message")
    };
    let Step::Send(_, state) = step(&job, &state, Some(&uploaded("M2"))) else {
        panic!("the message counts as a question")
    };

    assert!(matches!(step(&job, &state, Some(&taken("wamid.1"))), Step::Send(..)));
}
