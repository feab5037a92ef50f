//! What Meta's API takes and what it refuses.

use super::super::{Options, Rate, Template};
use super::{ANNA, World, code, json_of, template_to, text_to};
use serde_json::{Value, json};

#[tokio::test]
async fn a_text_to_somebody_who_wrote_is_taken() {
    let world = World::new().await;
    world.anna_writes();

    let answer = world.post(&text_to(ANNA, "Hello")).await;

    assert_eq!(answer.status, 200);
    let answer = json_of(&answer);
    assert_eq!(answer["contacts"], json!([{ "input": "+16505550001", "wa_id": "16505550001" }]));

    let accepted = world.standin.accepted();
    assert_eq!((accepted.len(), &answer["messages"][0]["id"]), (1, &json!(accepted[0].id)));
    assert_eq!(
        (accepted[0].to.as_str(), accepted[0].callback.as_deref()),
        ("16505550001", Some("delivery-1"))
    );
    assert_eq!(accepted[0].body["text"]["body"], "Hello");
}

#[tokio::test]
async fn no_two_messages_have_the_same_id() {
    let world = World::new().await;
    world.anna_writes();

    world.post(&text_to(ANNA, "Hello")).await;
    world.post(&text_to(ANNA, "Hello")).await;

    let accepted = world.standin.accepted();
    assert_ne!(accepted[0].id, accepted[1].id);
}

#[tokio::test]
async fn without_the_right_token_nothing_is_said() {
    let world = World::new().await;
    world.anna_writes();

    let answer = world.post_as("guess", world.messages_url(), &text_to(ANNA, "Hello")).await;

    assert_eq!(code(&answer), (401, 190));
    assert!(
        answer.headers.iter().any(|header| header.name.eq_ignore_ascii_case("www-authenticate"))
    );
    assert_eq!(world.standin.accepted(), []);
}

#[tokio::test]
async fn an_error_looks_like_metas() {
    let world = World::new().await;

    let error = json_of(&world.post(&text_to(ANNA, "Hello")).await)["error"].clone();

    assert_eq!(
        (&error["message"], &error["type"]),
        (&json!("(#131047) Re-engagement message"), &json!("OAuthException"))
    );
    assert!(error["error_data"]["details"].as_str().unwrap().contains("more than 24 hours"));
    assert!(error["fbtrace_id"].as_str().unwrap().starts_with('A'));
}

#[tokio::test]
async fn an_address_that_there_is_not_is_refused() {
    let world = World::new().await;
    let (base, token) = (world.standin.api_base(), world.standin.options().access_token.clone());

    for (path, expected) in [
        ("/999/messages", (400, 100)),
        ("/106540352242922/register", (400, 2500)),
        ("/106540352242922/messages/1", (400, 2500)),
        ("", (400, 2500)),
    ] {
        assert_eq!(
            code(&world.post_as(&token, format!("{base}{path}"), &json!({})).await),
            expected,
            "{path}"
        );
    }

    let unversioned = base.replace("/v21.0", "/106540352242922/messages");
    assert_eq!(
        code(&world.post_as(&token, unversioned, &text_to(ANNA, "Hello")).await),
        (400, 2500)
    );
}

/// A message with other or further keys; `null` takes a key away.
fn text_with(changes: &Value) -> Value {
    let mut message = text_to(ANNA, "Hello");
    for (key, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => drop(message.as_object_mut().unwrap().remove(key)),
            value => message[key] = value.clone(),
        }
    }
    message
}

#[tokio::test]
async fn a_message_of_the_wrong_shape_is_refused() {
    let world = World::new().await;
    world.anna_writes();

    for (changes, expected) in [
        (json!({ "messaging_product": null }), 100),
        (json!({ "messaging_product": "sms" }), 100),
        (json!({ "recipient_type": "group" }), 100),
        (json!({ "to": null }), 100),
        (json!({ "to": 16505550001_i64 }), 100),
        (json!({ "to": "Anna" }), 131009),
        (json!({ "to": "+1" }), 131009),
        (json!({ "type": "text", "text": null }), 100),
        (json!({ "text": "Hello" }), 100),
        (json!({ "text": { "body": " " } }), 100),
        (json!({ "text": { "body": "x".repeat(4_097) } }), 100),
        (json!({ "text": { "body": "Hello", "colour": "red" } }), 100),
        (json!({ "text": { "body": "Hello", "preview_url": "no" } }), 100),
        (json!({ "type": "image" }), 100),
        (json!({ "type": "image", "image": { "caption": "x" } }), 100),
        (json!({ "type": "image", "image": { "id": "1", "link": "https://x.example" } }), 100),
        (json!({ "type": "audio", "audio": { "id": "1", "caption": "x" } }), 100),
        (json!({ "type": "image", "image": { "id": "1" } }), 131009),
        (json!({ "type": "hologram", "hologram": {} }), 131051),
        (json!({ "biz_opaque_callback_data": "x".repeat(513) }), 100),
    ] {
        assert_eq!(world.code(&text_with(&changes)).await, (400, expected), "{changes}");
    }

    assert_eq!(world.standin.accepted(), []);
}

#[tokio::test]
async fn a_body_that_is_no_json_is_refused() {
    let world = World::new().await;

    for body in [json!([]), json!("text"), Value::Null] {
        assert_eq!(world.code(&body).await, (400, 100));
    }
}

#[tokio::test]
async fn a_template_has_to_be_approved_as_it_is_used() {
    let templates = vec![Template::new("reminder", "uk", 2)];
    let world = World::with(Options { templates, ..Options::default() }).await;

    for (name, language, parameters, expected) in [
        ("reminder", "uk", &["Anna", "D-17"][..], (200, 0)),
        ("reminder", "uk", &["Anna"], (400, 132000)),
        ("reminder", "uk", &[], (400, 132000)),
        ("reminder", "en", &["Anna", "D-17"], (404, 132001)),
        ("remainder", "uk", &["Anna", "D-17"], (404, 132001)),
        ("reminder", "uk", &["Anna", "two\nlines"], (400, 132012)),
        ("reminder", "uk", &["Anna", "five     spaces"], (400, 132012)),
        ("reminder", "uk", &["Anna", ""], (400, 100)),
    ] {
        let message = template_to(ANNA, name, language, parameters);
        assert_eq!(world.code(&message).await, expected, "{name} {language} {parameters:?}");
    }
}

#[tokio::test]
async fn nobody_who_is_not_on_whatsapp_is_reached() {
    let world =
        World::with(Options { strangers: ["16505550001".to_owned()].into(), ..Options::default() })
            .await;

    assert_eq!(world.code(&template_to(ANNA, "hello_world", "en_US", &[])).await, (400, 131026));
    assert_eq!(
        world.code(&template_to("+15550783881", "hello_world", "en_US", &[])).await,
        (400, 131021)
    );
}

#[tokio::test]
async fn a_number_may_send_only_so_fast() {
    let world =
        World::with(Options { number_rate: Rate::per_second(2), ..Options::default() }).await;
    let to = |last: u32| template_to(&format!("+1650555000{last}"), "hello_world", "en_US", &[]);

    let codes = [world.code(&to(1)).await, world.code(&to(2)).await, world.code(&to(3)).await];
    world.pass(499);
    let early = world.code(&to(4)).await;
    world.pass(1);
    let in_time = world.code(&to(5)).await;

    assert_eq!(codes, [(200, 0), (200, 0), (429, 130429)]);
    assert_eq!((early, in_time), ((429, 130429), (200, 0)));
}

#[tokio::test]
async fn one_recipient_may_be_written_to_only_so_fast() {
    let world = World::with(Options { pair_rate: Rate::burst(2, 6), ..Options::default() }).await;
    let hello = |to: &str| template_to(to, "hello_world", "en_US", &[]);

    let codes = [
        world.code(&hello(ANNA)).await,
        world.code(&hello(ANNA)).await,
        world.code(&hello(ANNA)).await,
    ];
    let another = world.code(&hello("+16505550002")).await;
    world.pass(6_000);
    let later = [world.code(&hello(ANNA)).await, world.code(&hello(ANNA)).await];

    assert_eq!(codes, [(200, 0), (200, 0), (400, 131056)]);
    assert_eq!((another, later), ((200, 0), [(200, 0), (400, 131056)]));
}

#[tokio::test]
async fn metas_own_pace_lets_45_messages_through_to_one_recipient() {
    let world = World::new().await;
    world.anna_writes();

    let mut taken = 0;
    while world.code(&text_to(ANNA, "Hello")).await.0 == 200 {
        taken += 1;
    }

    assert_eq!(taken, 45);
}
