//! What comes in from clients.

use serde_json::json;

use stagewright_core::command::ingest::Ingested;
use stagewright_core::command::{accept_conversation, put_line};
use stagewright_core::key::{Key, Queue, Table};
use stagewright_core::model::conversation::Conversation;
use stagewright_core::model::delivery::Delivery;

use crate::rules::world::{TENANT, World, minute};

fn creating_line(world: &mut World) -> String {
    let user = world.create("user", json!({"name": "Ivan", "mobile": "+380671110000"})).id;

    let line = json!({
        "name": "Support", "creates": "deal", "pipeline": "sales", "default_responsible": user,
    });
    world.ok(|tx, ctx| {
        put_line::decide(tx, ctx, "support", serde_json::from_value(line.clone()).unwrap(), None)
    });

    user
}

fn conversation(world: &World) -> Conversation {
    let prefix = Key::new(TENANT, Table::Conversation, &[]);
    world
        .rows
        .keys()
        .filter(|key| key.starts_with(&prefix))
        .filter_map(|key| world.get(key))
        .next()
        .unwrap()
}

#[test]
fn a_new_clients_message_makes_a_linked_deal_with_somebody_responsible() {
    // S0-01, S0-02, S0-03
    let mut world = World::new();
    let user = creating_line(&mut world);

    let Ingested::In { created: Some(deal), .. } = world.client_writes("m1", "+380501112233")
    else {
        panic!()
    };

    let record = world.record(&deal);
    assert_eq!((record.text("stage"), record.text("responsible")), ("new", user.as_str()));
    assert_eq!(record.text("conversation"), conversation(&world).id);
    assert_eq!(conversation(&world).session.item, Some(deal));
}

#[test]
fn a_repeated_notification_has_no_second_effect() {
    let mut world = World::new();
    creating_line(&mut world);
    world.client_writes("m1", "+380501112233");

    let before = world.rows.clone();
    assert_eq!(world.client_writes("m1", "+380501112233"), Ingested::Duplicate);
    assert_eq!(world.rows, before);
}

#[test]
fn a_second_message_goes_into_the_same_conversation_and_makes_no_second_deal() {
    let mut world = World::new();
    creating_line(&mut world);
    world.client_writes("m1", "+380501112233");

    let Ingested::In { created, .. } = world.client_writes("m2", "380501112233") else { panic!() };

    assert_eq!(created, None);
}

#[test]
fn an_employees_message_creates_nothing_but_is_logged() {
    // S0-36
    let mut world = World::new();
    let user = creating_line(&mut world);

    assert_eq!(world.client_writes("m1", "067 111 00 00"), Ingested::FromEmployee(user));
    let conversations = Key::new(TENANT, Table::Conversation, &[]);
    assert!(!world.rows.keys().any(|key| key.starts_with(&conversations)));

    let events = Key::new(TENANT, Table::Event, &[]);
    let logged = world.rows.keys().filter(|key| key.starts_with(&events));
    let kinds: Vec<String> = logged
        .map(|key| world.get::<stagewright_core::model::event::Event>(key).unwrap().kind)
        .collect();

    assert!(kinds.contains(&"message.from_employee".to_owned()), "{kinds:?}");
}

#[test]
fn of_two_who_accept_one_gets_it_and_the_other_is_told_who() {
    let mut world = World::new();
    let user = creating_line(&mut world);
    let other = world.create("user", json!({"name": "Petro"})).id;
    world.client_writes("m1", "+380501112233");
    let id = conversation(&world).id;

    world.ok(|tx, ctx| accept_conversation::decide(tx, ctx, &id, &user));
    world.ok(|tx, ctx| accept_conversation::decide(tx, ctx, &id, &user));

    let refusal =
        world.run(|tx, ctx| accept_conversation::decide(tx, ctx, &id, &other)).unwrap_err();
    assert_eq!(
        (refusal.code, refusal.message.as_str()),
        ("conversation.taken", "already taken by Ivan")
    );
}

#[test]
fn a_line_that_nobody_is_responsible_for_is_refused() {
    // S0-03
    let mut world = World::new();
    let line = json!({"name": "Support", "creates": "deal", "pipeline": "sales"});

    let refusal = world
        .run(|tx, ctx| {
            put_line::decide(tx, ctx, "l", serde_json::from_value(line.clone()).unwrap(), None)
        })
        .unwrap_err();

    assert_eq!(refusal.code, "line.no-responsible");
}

#[test]
fn a_reply_takes_the_conversation_and_queues_a_delivery() {
    let mut world = World::new();
    let user = creating_line(&mut world);
    world.client_writes("m1", "+380501112233");

    world.now = minute(5);
    let id = conversation(&world).id;
    let content = json!({"text": "Good day"}).as_object().unwrap().clone();

    let message =
        world.ok(|tx, ctx| stagewright_core::command::reply::decide(tx, ctx, &id, &user, &content));

    assert_eq!(conversation(&world).claimed_by, Some(user));
    assert_eq!(world.due(Queue::Delivery).len(), 1);
    let delivery: Delivery = world.get(&Delivery::key(TENANT, &message.delivery.unwrap())).unwrap();
    assert_eq!((delivery.to.as_str(), delivery.conversation), ("+380501112233", Some(id)));
}
