//! What becomes of the messages that clients send.

use stagewright_sdk::prelude::*;

use crate::support::{body_of, events, text_of};

const MEDIA: &str = include_str!("fixtures/media.json");
const REPLIES: &str = include_str!("fixtures/replies.json");
const THINGS: &str = include_str!("fixtures/things.json");
const STRANGE: &str = include_str!("fixtures/strange.json");

/// The texts for people of a notification, in order.
fn texts(notification: &str) -> Vec<String> {
    events(notification).iter().map(|event| text_of(event, "/body/text")).collect()
}

#[test]
fn a_text_becomes_a_message_of_its_sender() {
    let events = events(include_str!("fixtures/text.json"));

    let expected = json!({
        "kind": "message",
        "external_id": "wamid.HBgMMzgwNjcxMjM0NTY3FQIAEhggQTBCMUMyRDNFNEY1",
        "occurred_at": "2026-03-02T12:00:00Z",
        "address": "+380671234567",
        "display_name": "Олена Коваль",
        "body": { "type": "text", "text": "Добрий день! Чи є це в іншому кольорі? 🙂" },
    });
    assert_eq!(events, [expected]);
}

#[test]
fn every_file_has_words_for_people() {
    assert_eq!(
        texts(MEDIA),
        [
            "[image] The crack in the roof",
            "[voice message]",
            "[video]",
            "[document] offer.pdf: Please have a look",
            "[sticker]"
        ]
    );
}

#[test]
fn a_file_can_be_looked_up_by_its_id() {
    let document = body_of(MEDIA, "wamid.DOCUMENT");

    let media = json!({
        "id": "1376223850470843", "mime": "application/pdf", "name": "offer.pdf",
        "sha256": "mVYLNaqxq7MUdWf1hUw7VvKAD0ZpTLAr7yy8xb3nYSg=",
    });
    assert_eq!((&document["media"], &document["caption"]), (&media, &json!("Please have a look")));

    let voice = body_of(MEDIA, "wamid.VOICE");
    assert_eq!(
        (&voice["media"]["voice"], &voice["media"]["mime"]),
        (&json!(true), &json!("audio/ogg; codecs=opus"))
    );
    assert_eq!(voice.get("caption"), None);
}

#[test]
fn a_reply_reads_like_what_the_client_saw() {
    let texts = texts(REPLIES);

    assert_eq!(texts[..4], ["Yes, call me", "14:00", "[form] Sent", "Confirm"]);
}

#[test]
fn a_reply_keeps_the_ids_that_programs_want() {
    let button = body_of(REPLIES, "wamid.BUTTON_REPLY");
    let form = body_of(REPLIES, "wamid.FORM");

    assert_eq!(button["interactive"]["button_reply"]["id"], "call-me");
    assert_eq!(button["context"], json!({ "from": "15550783881", "id": "wamid.OURS1" }));
    assert_eq!(
        body_of(REPLIES, "wamid.LIST_REPLY")["interactive"]["list_reply"]["description"],
        "Tuesday afternoon"
    );
    assert_eq!(
        form["interactive"]["nfm_reply"]["response_json"],
        "{\"flow_token\": \"t1\", \"city\": \"Kyiv\"}"
    );
    assert_eq!(body_of(REPLIES, "wamid.BUTTON")["button"]["payload"], "confirm-17");
}

#[test]
fn a_forwarded_message_and_one_from_an_advertisement_say_so() {
    assert_eq!(body_of(REPLIES, "wamid.FORWARDED")["context"], json!({ "forwarded": true }));

    let from_ad = body_of(REPLIES, "wamid.FROM_AD");
    assert_eq!(
        (&from_ad["text"], &from_ad["referral"]["source_id"]),
        (&json!("Can I get more details?"), &json!("120226305854810726"))
    );
}

#[test]
fn reactions_places_contacts_and_orders_have_words_for_people() {
    let expected = [
        "[reaction] 👍",
        "[reaction removed]",
        "[location] The house, Khreshchatyk 1, Kyiv, 50.4501, 30.5234",
        "[location] -33.5, 18",
        "[contact] Ivan Petrenko +380 67 765 43 21 +380 44 111 22 33; Reception",
        "[order] 40 × tile-red, 2 × glue: By Friday, please",
    ];

    assert_eq!(texts(THINGS), expected);
}

#[test]
fn details_of_things_are_kept() {
    assert_eq!(body_of(THINGS, "wamid.REACTION")["reaction"]["message_id"], "wamid.OURS1");
    assert_eq!(body_of(THINGS, "wamid.PLACE")["location"]["latitude"], 50.4501);
    assert_eq!(body_of(THINGS, "wamid.CONTACTS")["contacts"][0]["org"]["company"], "Roof Ltd");
    assert_eq!(body_of(THINGS, "wamid.ORDER")["order"]["product_items"][0]["quantity"], 40);
}

#[test]
fn what_whatsapp_does_not_pass_on_says_why() {
    let unsupported = body_of(STRANGE, "wamid.UNSUPPORTED");

    assert_eq!(unsupported["text"], "[unsupported] Message type is currently not supported.");
    assert_eq!(
        (&unsupported["errors"][0]["code"], &unsupported["unsupported"]["type"]),
        (&json!(131051), &json!("poll"))
    );

    assert_eq!(body_of(STRANGE, "wamid.UNKNOWN")["text"], "[unknown] Unknown message type");
}

#[test]
fn a_type_of_tomorrow_is_still_a_message() {
    let tomorrow = body_of(STRANGE, "wamid.TOMORROW");

    assert_eq!(
        tomorrow,
        json!({ "type": "hologram", "text": "[hologram]", "hologram": { "id": 7 } })
    );

    assert_eq!(body_of(STRANGE, "wamid.TYPELESS")["text"], "[unknown]");
    assert_eq!(body_of(STRANGE, "wamid.EMPTY")["text"], "[text]");
}

#[test]
fn a_changed_number_is_no_message() {
    let events = events(STRANGE);
    let system = events.iter().find(|event| event["external_id"] == "wamid.SYSTEM").unwrap();

    assert_eq!((&system["kind"], &system["address"]), (&json!("system"), &json!("+16505550001")));
    assert_eq!(system["body"]["system"]["wa_id"], "16505550009");
}

#[test]
fn a_client_who_hides_his_number_is_known_by_another_id() {
    let events = events(STRANGE);
    let hidden = events.iter().find(|event| event["external_id"] == "wamid.HIDDEN").unwrap();

    assert_eq!(
        (&hidden["address"], &hidden["display_name"]),
        (&json!("UA.13491208655302741918"), &json!("Hidden"))
    );
    assert_eq!(hidden.get("occurred_at"), None);
}

#[test]
fn a_message_without_id_or_sender_is_left_and_the_others_count() {
    let ids: Vec<String> = events(STRANGE)
        .iter()
        .map(|event| event["external_id"].as_str().unwrap().to_owned())
        .collect();

    let expected =
        ["UNSUPPORTED", "UNKNOWN", "TOMORROW", "SYSTEM", "WELCOME", "HIDDEN", "EMPTY", "TYPELESS"];
    assert_eq!(ids, expected.map(|id| format!("wamid.{id}")));
}
