//! Messages that are asked for, and their tries.

use serde_json::json;

use stagewright_core::command::deliver::{Claimed, Verdict, claim, finish};
use stagewright_core::command::send_message::{self, Origin, Request};
use stagewright_core::command::{create_record, move_item};
use stagewright_core::key::Queue;
use stagewright_core::model::channel::{Channel, OnUnknown};
use stagewright_core::model::delivery::DeliveryState;

use super::{busy, change_channel, delivery, due, hello, send, state, tried};
use crate::rules::world::{TENANT, World, minute};

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
    let id =
        send(&mut world, json!({"to": "+380501112233", "text": "hello", "not_after": minute(10)}));

    world.now = minute(11);
    assert!(matches!(world.ok(|tx, ctx| claim(tx, ctx, &id)), Claimed::Over));
    assert_eq!(state(&world, &id), DeliveryState::Dropped);
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
        let refusal = world
            .run(|tx, ctx| send_message::decide(tx, ctx, &request, &Origin::default()))
            .unwrap_err();
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
    let refusal = world
        .run(|tx, ctx| send_message::decide(tx, ctx, &request, &Origin::default()))
        .unwrap_err();
    assert_eq!(refusal.code, "message.window-closed");

    send(&mut world, json!({"to": "+380501112233", "text": "x", "template": {"name": "hello"}}));

    world.client_writes("m1", "+380501112233");
    send(&mut world, json!({"to": "+380501112233", "text": "x"}));
}

#[test]
fn back_off_grows_and_is_never_shorter_than_the_provider_asks() {
    let mut world = World::new();
    let id = hello(&mut world);
    let mut waits = Vec::new();

    for _ in 0..7 {
        tried(&mut world, &id, &busy(7_000));
        let due = world.due(Queue::Delivery)[0].0.as_due().unwrap().due_at;
        waits.push(due.since_ms(world.now) / 1_000);
        world.now = due;
    }

    assert_eq!(waits, [7, 20, 80, 320, 1_280, 3_600, 3_600]);
}

#[test]
fn whether_it_is_too_late_is_asked_before_every_try() {
    let mut world = World::new();
    let id =
        send(&mut world, json!({"to": "+380501112233", "text": "hello", "not_after": minute(10)}));
    let next = hello(&mut world);

    tried(&mut world, &id, &busy(3_600_000));
    // The provider asks for an hour, but those behind need not wait for what will not be sent.
    let due_at = delivery(&world, &id).due_at.unwrap();
    assert_eq!(due_at, minute(10).plus_ms(1));

    world.now = due_at;
    assert!(matches!(world.ok(|tx, ctx| claim(tx, ctx, &id)), Claimed::Over));
    assert_eq!((state(&world, &id), due(&world)), (DeliveryState::Dropped, vec![next]));
}

#[test]
fn a_message_of_a_stage_that_was_left_is_dropped_on_its_second_try() {
    let mut world = World::new();
    let fields = json!({"title": "Roof", "pipeline": "sales"}).as_object().unwrap().clone();
    let deal = world.ok(|tx, ctx| create_record::decide(tx, ctx, "deal", &fields)).0.key;
    let epoch = world.record(&deal).stage_epoch;

    let message = json!({"to": "+380501112233", "text": "hello", "drop_if_stage_left": true});
    let request = Request::parse(&message).unwrap();
    let origin = Origin { item: Some(deal.clone()), epoch: Some(epoch), step: None };
    let id = world.ok(|tx, ctx| send_message::decide(tx, ctx, &request, &origin)).id;

    tried(&mut world, &id, &busy(0));
    world.ok(|tx, ctx| move_item::decide(tx, ctx, &deal, "won", None));

    assert!(matches!(world.ok(|tx, ctx| claim(tx, ctx, &id)), Claimed::Over));
    assert_eq!((state(&world, &id), delivery(&world, &id).tries), (DeliveryState::Dropped, 1));
    assert_eq!(delivery(&world, &id).reason.as_deref(), Some("the item has left the stage"));
}

#[test]
fn a_paused_channel_keeps_its_messages_and_says_so() {
    let mut world = World::new();
    let id = hello(&mut world);

    change_channel(&mut world, |channel| channel.paused = true);
    assert!(matches!(world.ok(|tx, ctx| claim(tx, ctx, &id)), Claimed::Over));
    let kept = delivery(&world, &id);
    assert_eq!(
        (kept.state, kept.code.as_deref(), kept.tries),
        (DeliveryState::Pending, Some("channel.paused"), 0)
    );
    assert_eq!(kept.due_at, Some(world.now.plus_ms(60_000)));

    change_channel(&mut world, |channel| channel.paused = false);
    tried(&mut world, &id, &Verdict::Sent(None));
    assert_eq!((state(&world, &id), delivery(&world, &id).reason), (DeliveryState::Sent, None));
}

#[test]
fn reasons_are_cut_before_they_are_kept() {
    let mut world = World::new();
    let id = hello(&mut world);

    tried(&mut world, &id, &Verdict::Unknown("x".repeat(1_000_000)));
    assert_eq!(delivery(&world, &id).reason.unwrap().len(), 1_000);
}
