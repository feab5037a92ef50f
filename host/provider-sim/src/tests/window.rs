//! The 24 hours in which free text is taken.

use super::super::{Number, Options};
use super::{ANNA, World, code, template_to, text_to};
use serde_json::json;

const HOUR_MS: i64 = 3_600_000;

#[tokio::test]
async fn nobody_gets_free_text_before_writing_himself() {
    let world = World::new().await;

    assert_eq!(world.code(&text_to(ANNA, "Hello")).await, (400, 131047));
    assert_eq!(world.code(&template_to(ANNA, "reminder", "en", &["Anna"])).await, (200, 0));
}

#[tokio::test]
async fn the_window_closes_after_24_hours_and_opens_with_the_next_message() {
    let world = World::new().await;
    world.anna_writes();

    world.pass(24 * HOUR_MS);
    let last_moment = world.code(&text_to(ANNA, "Hello")).await;
    world.pass(1);
    let late = world.code(&text_to(ANNA, "Hello")).await;
    world.anna_writes();
    let again = world.code(&text_to(ANNA, "Hello")).await;

    assert_eq!([last_moment, late, again], [(200, 0), (400, 131047), (200, 0)]);
}

#[tokio::test]
async fn a_template_does_not_open_the_window() {
    let world = World::new().await;

    world.post(&template_to(ANNA, "reminder", "en", &["Anna"])).await;

    assert_eq!(world.code(&text_to(ANNA, "Hello")).await, (400, 131047));
}

#[tokio::test]
async fn the_way_a_number_is_written_does_not_matter() {
    let world = World::new().await;
    drop(world.standin.inbound_text("1 (650) 555-0001", "Anna", "Hello"));

    for to in ["+16505550001", "16505550001", "+1 650 555-0001"] {
        assert_eq!(world.code(&text_to(to, "Hello")).await, (200, 0), "{to}");
    }
}

#[tokio::test]
async fn every_number_of_the_business_has_a_window_of_its_own() {
    let second = Number { id: "2".into(), display: "15550783882".into() };
    let mut options = Options::default();
    options.numbers.push(second.clone());
    let world = World::with(options).await;
    let url = format!("{}/2/messages", world.standin.api_base());
    let token = world.standin.options().access_token.clone();

    world.anna_writes();
    let before = code(&world.post_as(&token, url.clone(), &text_to(ANNA, "Hello")).await);
    drop(world.standin.inbound_to(&second, (ANNA, "Anna"), "text", json!({ "body": "Hello" })));
    let after = code(&world.post_as(&token, url, &text_to(ANNA, "Hello")).await);

    assert_eq!((before, after), ((400, 131047), (200, 0)));
}

#[tokio::test]
async fn files_wait_for_the_window_too() {
    let world = World::new().await;
    let image = json!({
        "messaging_product": "whatsapp", "to": ANNA, "type": "image",
        "image": { "link": "https://files.example/roof.png" },
    });

    let before = world.code(&image).await;
    world.anna_writes();

    assert_eq!((before, world.code(&image).await), ((400, 131047), (200, 0)));
}
