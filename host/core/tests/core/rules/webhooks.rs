//! What comes in at a webhook's address.

use serde_json::{Value, json};

use stagewright_core::command::{publish_automation, webhook};
use stagewright_core::model::event::Event;
use stagewright_core::model::record::RecordRef;

use crate::rules::world::{TENANT, World, trigger};

fn receive(
    world: &mut World,
    code: &str,
    item: &RecordRef,
    key: &str,
) -> Result<String, &'static str> {
    let (query, body) = (json!({"from": "bank"}), json!({"amount": 50}));
    let fired = world.run(|tx, ctx| {
        webhook::receive(tx, ctx, (code, item), |hash| hash == key, (&query, &body))
    });
    fired.map(|fired| fired.event).map_err(|refusal| refusal.code)
}

#[test]
fn it_is_an_event_of_the_item_with_everything_that_was_said() {
    let mut world = World::new();
    let item = world.create("deal", json!({"title": "Roof", "pipeline": "sales"}));
    world.ok(|tx, ctx| webhook::put(tx, ctx, "bank", ("Bank", "k"), None));

    let event = receive(&mut world, "bank", &item, "k").unwrap();
    let event: Event = world.get(&Event::key(TENANT, &event)).unwrap();

    assert_eq!(event.kind, "webhook.received");
    assert_eq!(
        Value::Object(event.payload),
        json!({"code": "bank", "query": {"from": "bank"}, "body": {"amount": 50}})
    );
}

#[test]
fn nothing_comes_in_without_the_webhook_its_key_and_a_living_item() {
    let mut world = World::new();
    let item = world.create("deal", json!({"title": "Roof", "pipeline": "sales"}));
    let user = world.create("user", json!({"name": "Ivan"}));
    world.ok(|tx, ctx| webhook::put(tx, ctx, "bank", ("Bank", "k"), None));

    assert_eq!(receive(&mut world, "shop", &item, "k"), Err("not-found"));
    assert_eq!(receive(&mut world, "bank", &item, "other"), Err("not-found"));
    assert_eq!(receive(&mut world, "bank", &user, "k"), Err("not-found"));
    assert_eq!(
        receive(&mut world, "bank", &RecordRef::new("deal", "nothing"), "k"),
        Err("not-found")
    );

    world
        .ok(|tx, ctx| stagewright_core::command::delete_record::decide(tx, ctx, &item, None, None));
    assert_eq!(receive(&mut world, "bank", &item, "k"), Err("not-found"));
}

#[test]
fn a_webhook_that_a_published_trigger_waits_for_is_not_deleted() {
    let mut world = World::new();
    world.ok(|tx, ctx| webhook::put(tx, ctx, "bank", ("Bank", "k"), None));
    world.ok(|tx, ctx| webhook::put(tx, ctx, "shop", ("Shop", "k"), None));

    let called = |id: &str, code: &str| {
        trigger(id, json!({"trigger": "called", "settings": {"code": code}}))
    };
    world.save("processed", json!([]), json!([called("draft", "shop")])).unwrap();
    world.automate("won", json!([]), json!([called("paid", "bank"), trigger("other", json!({}))]));

    let refusal = world.run(|tx, ctx| webhook::delete(tx, ctx, "bank", None)).unwrap_err();
    assert_eq!(refusal.code, "webhook.in-use");
    assert!(refusal.message.contains("wait for this webhook: won/paid;"), "{}", refusal.message);

    // What is drafted alone is checked when it is published.
    world.ok(|tx, ctx| webhook::delete(tx, ctx, "shop", None));
    let refusal =
        world.run(|tx, ctx| publish_automation::decide(tx, ctx, "processed")).unwrap_err();
    assert_eq!(refusal.code, "settings.unknown-webhook");

    world.automate("won", json!([]), json!([]));
    world.ok(|tx, ctx| webhook::delete(tx, ctx, "bank", None));
    assert_eq!(
        world.run(|tx, ctx| webhook::delete(tx, ctx, "bank", None)).unwrap_err().code,
        "not-found"
    );
}
