//! Outgoing messages.

use serde_json::{Value, json};
use stagewright_core::command::deliver::{Claimed, Verdict, claim, finish};
use stagewright_core::command::ingest_status::{self, StatusUpdate};
use stagewright_core::command::send_message::{self, Origin, Request};
use stagewright_core::command::settle_delivery::{self, Choice};
use stagewright_core::key::Queue;
use stagewright_core::model::channel::{Channel, OnUnknown};
use stagewright_core::model::delivery::{Delivery, DeliveryState};
use stagewright_core::model::due::Due;

use crate::world::{TENANT, World, minute};

fn send(world: &mut World, message: Value) -> String {
    let request = Request::parse(&message).unwrap();
    world.ok(|tx, ctx| send_message::decide(tx, ctx, &request, &Origin::default())).id
}

fn state(world: &World, id: &str) -> DeliveryState {
    world.get::<Delivery>(&Delivery::key(TENANT, id)).unwrap().state
}

fn due(world: &World) -> Vec<String> {
    world.due(Queue::Delivery).into_iter().map(|(_, due)| if let Due::Delivery { id, .. } = due { id } else { panic!() }).collect()
}

fn hello(world: &mut World) -> String {
    send(world, json!({"to": "+380501112233", "text": "hello"}))
}

fn status(world: &mut World, external_id: &str, status: &str) {
    let update = StatusUpdate { external_id: external_id.into(), delivery: None, status: status.into(), reason: None };
    world.ok(|tx, ctx| ingest_status::decide(tx, ctx, "wa", &update));
}

#[test]
fn sending_is_written_before_the_request_leaves() {
    let mut world = World::new();
    let id = hello(&mut world);
    assert!(matches!(world.ok(|tx, ctx| claim(tx, ctx, &id)), Claimed::Send(_)));
    assert_eq!(state(&world, &id), DeliveryState::Sending);
    world.ok(|tx, ctx| finish(tx, ctx, &id, Verdict::Sent(Some("x1".into()))));
    assert_eq!(state(&world, &id), DeliveryState::Sent);
    assert!(due(&world).is_empty());
}

#[test]
fn a_host_that_stopped_while_sending_parks_the_message_as_unknown() {
    let mut world = World::new();
    let id = hello(&mut world);
    world.ok(|tx, ctx| claim(tx, ctx, &id));
    assert!(matches!(world.ok(|tx, ctx| claim(tx, ctx, &id)), Claimed::Over));
    assert_eq!(state(&world, &id), DeliveryState::Unknown);
}

#[test]
fn a_channel_that_says_resend_sends_again() {
    let mut world = World::new();
    let mut channel: Channel = world.get(&Channel::key(TENANT, "wa")).unwrap();
    channel.on_unknown = OnUnknown::Resend;
    world.put(Channel::key(TENANT, "wa"), &channel);
    let id = hello(&mut world);
    world.ok(|tx, ctx| claim(tx, ctx, &id));
    assert!(matches!(world.ok(|tx, ctx| claim(tx, ctx, &id)), Claimed::Send(_)));
}

#[test]
fn messages_to_one_address_keep_their_order_until_they_end() {
    let mut world = World::new();
    let (first, second) = (hello(&mut world), hello(&mut world));
    assert_eq!(due(&world), vec![first.clone()]);
    world.ok(|tx, ctx| claim(tx, ctx, &first));
    let retry = Verdict::Retry { after_ms: 90_000, reason: "busy".into(), code: "x".into() };
    world.ok(|tx, ctx| finish(tx, ctx, &first, retry.clone()));
    assert_eq!(due(&world), vec![first.clone()]);
    let later = world.due(Queue::Delivery)[0].0.as_due().unwrap().due_at;
    assert_eq!(later, world.now.plus_ms(90_000));
    world.ok(|tx, ctx| claim(tx, ctx, &first));
    world.ok(|tx, ctx| finish(tx, ctx, &first, Verdict::Sent(None)));
    assert_eq!(due(&world), vec![second]);
}

#[test]
fn a_late_message_is_dropped_and_not_sent() {
    let mut world = World::new();
    let id = send(&mut world, json!({"to": "+380501112233", "text": "hello", "not_after": minute(10)}));
    world.now = minute(11);
    assert!(matches!(world.ok(|tx, ctx| claim(tx, ctx, &id)), Claimed::Over));
    assert_eq!(state(&world, &id), DeliveryState::Dropped);
}

#[test]
fn a_status_that_comes_before_the_answer_is_applied_with_it() {
    let mut world = World::new();
    let id = hello(&mut world);
    world.ok(|tx, ctx| claim(tx, ctx, &id));
    status(&mut world, "x1", "read");
    status(&mut world, "x1", "delivered");
    world.ok(|tx, ctx| finish(tx, ctx, &id, Verdict::Sent(Some("x1".into()))));
    assert_eq!(state(&world, &id), DeliveryState::Read);
}

#[test]
fn statuses_out_of_order_never_go_back() {
    let mut world = World::new();
    let id = hello(&mut world);
    world.ok(|tx, ctx| claim(tx, ctx, &id));
    world.ok(|tx, ctx| finish(tx, ctx, &id, Verdict::Sent(Some("x1".into()))));
    for (word, expected) in [("read", DeliveryState::Read), ("delivered", DeliveryState::Read), ("sent", DeliveryState::Read)] {
        status(&mut world, "x1", word);
        assert_eq!(state(&world, &id), expected);
    }
}

#[test]
fn a_person_settles_what_is_stuck() {
    let mut world = World::new();
    let id = hello(&mut world);
    world.ok(|tx, ctx| claim(tx, ctx, &id));
    world.ok(|tx, ctx| finish(tx, ctx, &id, Verdict::Unknown("lost".into())));
    assert!(due(&world).is_empty());
    world.ok(|tx, ctx| settle_delivery::decide(tx, ctx, &id, Choice::Retry));
    assert_eq!(due(&world), vec![id.clone()]);
    world.ok(|tx, ctx| settle_delivery::decide(tx, ctx, &id, Choice::Discard));
    assert_eq!((state(&world, &id), due(&world)), (DeliveryState::Dropped, vec![]));
    let refusal = world.run(|tx, ctx| settle_delivery::decide(tx, ctx, &id, Choice::Confirm)).unwrap_err();
    assert_eq!(refusal.code, "delivery.wrong-state");
}

#[test]
fn tries_run_out_and_the_message_is_dead() {
    let mut world = World::new();
    let id = hello(&mut world);
    for _ in 0..8 {
        world.ok(|tx, ctx| claim(tx, ctx, &id));
        let retry = Verdict::Retry { after_ms: 0, reason: "busy".into(), code: "x".into() };
        world.ok(|tx, ctx| finish(tx, ctx, &id, retry.clone()));
    }
    assert_eq!(state(&world, &id), DeliveryState::Dead);
}

#[test]
fn a_recipient_that_is_none_and_an_empty_text_are_refused() {
    let mut world = World::new();
    let refused = [
        (json!({"text": "x"}), "message.no-recipient"),
        (json!({"to": "1".repeat(257), "text": "x"}), "message.bad-recipient"),
        (json!({"to": "+380501112233"}), "message.empty"),
    ];
    for (message, code) in refused {
        let request = Request::parse(&message).unwrap();
        let refusal = world.run(|tx, ctx| send_message::decide(tx, ctx, &request, &Origin::default())).unwrap_err();
        assert_eq!(refusal.code, code);
    }
}

#[test]
fn free_text_after_the_window_needs_a_template() {
    // S0-16
    let mut world = World::new();
    let mut channel: Channel = world.get(&Channel::key(TENANT, "wa")).unwrap();
    channel.free_text_hours = Some(24);
    world.put(Channel::key(TENANT, "wa"), &channel);
    let request = Request::parse(&json!({"to": "+380501112233", "text": "x"})).unwrap();
    let refusal = world.run(|tx, ctx| send_message::decide(tx, ctx, &request, &Origin::default())).unwrap_err();
    assert_eq!(refusal.code, "message.window-closed");
    send(&mut world, json!({"to": "+380501112233", "text": "x", "template": {"name": "hello"}}));
    world.client_writes("m1", "+380501112233");
    send(&mut world, json!({"to": "+380501112233", "text": "x"}));
}
