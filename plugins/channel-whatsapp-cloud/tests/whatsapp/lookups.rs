//! Fetching files that clients sent.

use stagewright_sdk::prelude::*;

use crate::support::{answer, ended, refused, requested, step};

fn lookup() -> Value {
    json!({ "id": "look-up-1", "media": "1003383421387256", "bytes_max": 16 << 20 })
}

fn described(url: &str, size: usize) -> Response {
    let body = json!({
        "messaging_product": "whatsapp", "url": url, "mime_type": "image/jpeg", "sha256": "49f227",
        "file_size": size, "id": "1003383421387256",
    });
    answer(200, &[], &body.to_string())
}

/// The step after the file's place is known.
fn located(url: &str, size: usize) -> Step {
    let (_, state) = requested(step(&lookup(), &[], None));
    step(&lookup(), &state, Some(&described(url, size)))
}

const URL: &str = "https://lookaside.fbsbx.com/whatsapp_business/attachments/\
    ?mid=1003383421387256&ext=1772453100&hash=ARn";

/// How the look-up ends by this answer of the file server.
fn fetched(size: usize, response: &Response) -> Delivery {
    let (_, state) = requested(located(URL, size));
    ended(step(&lookup(), &state, Some(response)))
}

#[test]
fn a_file_is_asked_for_and_then_fetched_with_the_token() {
    let (question, state) = requested(step(&lookup(), &[], None));
    let (fetch, state) = requested(step(&lookup(), &state, Some(&described(URL, 3))));
    let found = ended(step(&lookup(), &state, Some(&answer(200, &[], "JPG"))));

    let asked = "https://graph.facebook.com/v21.0/1003383421387256?phone_number_id=106540352242922";
    assert_eq!((question.method.as_str(), question.url.as_str()), ("GET", asked));
    assert_eq!((fetch.method.as_str(), fetch.url.as_str()), ("GET", URL));

    for request in [&question, &fetch] {
        assert_eq!(request.headers.len(), 1);
        assert_eq!(request.headers[0].value, "Bearer {{secret:access_token}}");
    }

    assert_eq!(found, Delivery::Found(json!({ "mime": "image/jpeg" })));
}

#[test]
fn the_medium_of_a_message_may_be_given_as_it_came() {
    let job =
        json!({ "id": "delivery-1", "media": { "id": "1003383421387256", "mime": "image/jpeg" } });

    let (question, _) = requested(step(&job, &[], None));

    assert!(question.url.contains("/1003383421387256?"));
}

#[test]
fn an_id_that_is_none_is_never_put_into_an_address() {
    for media in
        [json!("../me"), json!("1?x=1"), json!(""), json!({}), json!(5), json!("a".repeat(65))]
    {
        let job = json!({ "id": "delivery-1", "media": media });

        let ended = ended(step(&job, &[], None));

        assert!(matches!(ended, Delivery::Failed(reason) if reason.contains("no id")));
    }
}

#[test]
fn the_token_goes_to_metas_servers_alone() {
    for url in [
        "https://evil.example/file",
        "http://lookaside.fbsbx.com/file",
        "https://lookaside.fbsbx.com.evil.example/",
        "https://graph.facebook.com@evil.example/",
        "https://graph.facebook.com.evil.example/",
        "file:///etc/passwd",
        "",
    ] {
        assert!(
            matches!(ended(located(url, 3)), Delivery::Failed(reason) if reason.contains("server")),
            "{url}"
        );
    }
    assert_eq!(
        requested(located("https://graph.facebook.com/v21.0/file", 3)).0.url,
        "https://graph.facebook.com/v21.0/file"
    );
}

#[test]
fn a_file_that_is_too_large_is_not_fetched() {
    let too_large = ended(located(URL, (16 << 20) + 1));
    assert!(matches!(too_large, Delivery::Failed(reason) if reason.contains("16777217 bytes")));

    requested(located(URL, 16 << 20));
}

#[test]
fn a_file_that_was_cut_on_its_way_is_asked_for_again() {
    let cut = fetched(4, &answer(200, &[], "JPG"));
    assert!(matches!(cut, Delivery::Retry(None, reason) if reason.contains("4 bytes, but 3")));

    assert!(matches!(fetched(0, &answer(200, &[], "JPG")), Delivery::Found(_)));
}

#[test]
fn the_client_sees_nothing_of_a_look_up() {
    let Step::Ask(_, state) = step(&lookup(), &[], None) else {
        panic!("a question would be sent as a message")
    };

    assert!(matches!(step(&lookup(), &state, Some(&described(URL, 3))), Step::Ask(..)));
}

#[test]
fn an_address_that_has_expired_is_asked_for_again() {
    for status in [404, 410] {
        assert!(
            matches!(fetched(3, &answer(status, &[], "")), Delivery::Retry(None, _)),
            "{status}"
        );
    }
}

#[test]
fn a_look_up_may_be_repeated_whatever_went_wrong() {
    let (_, state) = requested(step(&lookup(), &[], None));

    for response in [answer(500, &[], ""), answer(200, &[], "<html>"), refused(400, 2)] {
        assert!(matches!(ended(step(&lookup(), &state, Some(&response))), Delivery::Retry(..)));
        assert!(matches!(fetched(3, &Response { status: 500, ..response }), Delivery::Retry(..)));
    }
    assert!(matches!(
        ended(step(&lookup(), &state, Some(&refused(401, 190)))),
        Delivery::Failed(_)
    ));
    assert!(matches!(fetched(3, &refused(401, 190)), Delivery::Failed(_)));
}
