//! Outgoing messages.

use serde_json::{Value, json};
use stagewright_core::command::deliver::{Claimed, Verdict, claim, finish};
use stagewright_core::command::ingest_status::{self, StatusUpdate};
use stagewright_core::command::send_message::{self, Origin, Request};
use stagewright_core::command::settle_delivery::{self, Choice};
use stagewright_core::command::{create_record, move_item};
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
    status_of(world, external_id, status, None);
}

/// A status that names our own id, as WhatsApp's do.
fn status_of(world: &mut World, external_id: &str, status: &str, delivery: Option<&str>) {
    let delivery = delivery.map(str::to_owned);
    let update = StatusUpdate { external_id: external_id.into(), delivery, status: status.into(), reason: None };
    world.ok(|tx, ctx| ingest_status::decide(tx, ctx, "wa", &update));
}

/// One try that ends like this.
fn tried(world: &mut World, id: &str, verdict: &Verdict) {
    assert!(matches!(world.ok(|tx, ctx| claim(tx, ctx, id)), Claimed::Send(_)));
    world.ok(|tx, ctx| finish(tx, ctx, id, verdict.clone()));
}

fn busy(after_ms: i64) -> Verdict {
    Verdict::Retry { after_ms, reason: "busy".into(), code: "x".into() }
}

fn change_channel(world: &mut World, change: impl Fn(&mut Channel)) {
    let mut channel: Channel = world.get(&Channel::key(TENANT, "wa")).unwrap();
    change(&mut channel);
    world.put(Channel::key(TENANT, "wa"), &channel);
}

fn delivery(world: &World, id: &str) -> Delivery {
    world.get(&Delivery::key(TENANT, id)).unwrap()
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

#[test]
fn a_status_while_sending_waits_for_the_try_and_holds_the_lane() {
    let mut world = World::new();
    let (first, second) = (hello(&mut world), hello(&mut world));
    world.ok(|tx, ctx| claim(tx, ctx, &first));
    status_of(&mut world, "x1", "delivered", Some(&first));
    assert_eq!(state(&world, &first), DeliveryState::Sending);
    assert_eq!(due(&world), vec![first.clone()]);
    world.ok(|tx, ctx| finish(tx, ctx, &first, Verdict::Sent(Some("x1".into()))));
    assert_eq!(state(&world, &first), DeliveryState::Delivered);
    assert_eq!(due(&world), vec![second]);
}

#[test]
fn a_status_that_came_while_sending_settles_a_lost_answer() {
    for (word, expected) in [("sent", DeliveryState::Sent), ("failed", DeliveryState::Failed)] {
        let mut world = World::new();
        let id = hello(&mut world);
        world.ok(|tx, ctx| claim(tx, ctx, &id));
        status_of(&mut world, "x1", word, Some(&id));
        world.ok(|tx, ctx| finish(tx, ctx, &id, Verdict::Unknown("lost".into())));
        assert_eq!((state(&world, &id), delivery(&world, &id).external_id.as_deref()), (expected, Some("x1")));
    }
}

#[test]
fn a_status_that_came_before_a_crash_settles_what_was_being_sent() {
    let mut world = World::new();
    let id = hello(&mut world);
    world.ok(|tx, ctx| claim(tx, ctx, &id));
    status_of(&mut world, "x1", "delivered", Some(&id));
    assert!(matches!(world.ok(|tx, ctx| claim(tx, ctx, &id)), Claimed::Over));
    assert_eq!(state(&world, &id), DeliveryState::Delivered);
}

#[test]
fn a_status_of_a_lost_try_cancels_the_resend() {
    let mut world = World::new();
    change_channel(&mut world, |channel| channel.on_unknown = OnUnknown::Resend);
    let id = hello(&mut world);
    tried(&mut world, &id, &Verdict::Unknown("lost".into()));
    assert_eq!(state(&world, &id), DeliveryState::Pending);
    status_of(&mut world, "x1", "failed", Some(&id));
    assert_eq!(state(&world, &id), DeliveryState::Pending);
    status_of(&mut world, "x1", "sent", Some(&id));
    assert_eq!((state(&world, &id), due(&world)), (DeliveryState::Sent, vec![]));
}

#[test]
fn a_status_during_a_resend_of_what_did_arrive_ends_it() {
    let mut world = World::new();
    change_channel(&mut world, |channel| channel.on_unknown = OnUnknown::Resend);
    let id = hello(&mut world);
    tried(&mut world, &id, &Verdict::Unknown("lost".into()));
    world.ok(|tx, ctx| claim(tx, ctx, &id));
    status_of(&mut world, "x1", "delivered", Some(&id));
    world.ok(|tx, ctx| finish(tx, ctx, &id, busy(0)));
    assert_eq!((state(&world, &id), due(&world)), (DeliveryState::Delivered, vec![]));
}

#[test]
fn a_repeated_failure_of_an_earlier_message_does_not_fail_the_one_sent_since() {
    let mut world = World::new();
    let id = hello(&mut world);
    tried(&mut world, &id, &Verdict::Sent(Some("x1".into())));
    status_of(&mut world, "x1", "failed", Some(&id));
    assert_eq!(state(&world, &id), DeliveryState::Failed);
    world.now = minute(1);
    world.ok(|tx, ctx| settle_delivery::decide(tx, ctx, &id, Choice::Retry));
    status_of(&mut world, "x1", "failed", Some(&id));
    assert_eq!(state(&world, &id), DeliveryState::Pending);
    tried(&mut world, &id, &Verdict::Sent(Some("x2".into())));
    status_of(&mut world, "x1", "failed", Some(&id));
    assert_eq!((state(&world, &id), delivery(&world, &id).external_id.as_deref()), (DeliveryState::Sent, Some("x2")));
    status_of(&mut world, "x2", "failed", Some(&id));
    assert_eq!(state(&world, &id), DeliveryState::Failed);
}

#[test]
fn a_status_of_another_channel_or_of_nobodys_message_changes_nothing() {
    let mut world = World::new();
    let id = hello(&mut world);
    tried(&mut world, &id, &Verdict::Sent(Some("x1".into())));
    let update = StatusUpdate { external_id: "y".into(), delivery: Some(id.clone()), status: "read".into(), reason: None };
    world.ok(|tx, ctx| ingest_status::decide(tx, ctx, "other", &update));
    status(&mut world, "nobody", "read");
    status_of(&mut world, "x1", "warning", Some(&id));
    assert_eq!(state(&world, &id), DeliveryState::Sent);
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
    let id = send(&mut world, json!({"to": "+380501112233", "text": "hello", "not_after": minute(10)}));
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
    assert_eq!((kept.state, kept.code.as_deref(), kept.tries), (DeliveryState::Pending, Some("channel.paused"), 0));
    assert_eq!(kept.due_at, Some(world.now.plus_ms(60_000)));
    change_channel(&mut world, |channel| channel.paused = false);
    tried(&mut world, &id, &Verdict::Sent(None));
    assert_eq!((state(&world, &id), delivery(&world, &id).reason), (DeliveryState::Sent, None));
}

#[test]
fn nobody_decides_about_a_message_that_is_being_sent() {
    let mut world = World::new();
    let id = hello(&mut world);
    world.ok(|tx, ctx| claim(tx, ctx, &id));
    for choice in [Choice::Retry, Choice::Discard, Choice::Confirm] {
        let refusal = world.run(|tx, ctx| settle_delivery::decide(tx, ctx, &id, choice)).unwrap_err();
        assert_eq!(refusal.code, "delivery.wrong-state");
        assert!(refusal.message.starts_with("the delivery is sending; "), "{}", refusal.message);
    }
}

#[test]
fn each_choice_is_for_the_states_of_the_table() {
    use DeliveryState::{Dead, Delivered, Dropped, Failed, Pending, Read, Sending, Sent, Unknown};
    let table = [
        (Choice::Retry, vec![Unknown, Failed, Dead, Dropped]),
        (Choice::Discard, vec![Pending, Unknown, Failed, Dead]),
        (Choice::Confirm, vec![Unknown]),
    ];
    for (choice, allowed) in table {
        for state in [Pending, Sending, Sent, Delivered, Read, Unknown, Failed, Dead, Dropped] {
            let mut world = World::new();
            let id = hello(&mut world);
            world.put(Delivery::key(TENANT, &id), &Delivery { state, ..delivery(&world, &id) });
            let done = world.run(|tx, ctx| settle_delivery::decide(tx, ctx, &id, choice));
            assert_eq!(done.is_ok(), allowed.contains(&state), "{choice:?} {state:?}");
        }
    }
}

#[test]
fn a_confirmed_message_needs_no_id_of_the_provider() {
    let mut world = World::new();
    let id = hello(&mut world);
    tried(&mut world, &id, &Verdict::Unknown("lost".into()));
    world.ok(|tx, ctx| settle_delivery::decide(tx, ctx, &id, Choice::Confirm));
    let confirmed = delivery(&world, &id);
    assert_eq!((confirmed.state, confirmed.external_id, confirmed.reason), (DeliveryState::Sent, None, None));
    status_of(&mut world, "x1", "read", Some(&id));
    assert_eq!((state(&world, &id), delivery(&world, &id).external_id.as_deref()), (DeliveryState::Read, Some("x1")));
}

#[test]
fn a_message_that_is_retried_queues_behind_those_that_wait() {
    let mut world = World::new();
    let (first, second) = (hello(&mut world), hello(&mut world));
    tried(&mut world, &first, &Verdict::Failed { reason: "no".into(), code: "x".into() });
    tried(&mut world, &second, &busy(60_000));
    world.ok(|tx, ctx| settle_delivery::decide(tx, ctx, &first, Choice::Retry));
    assert_eq!(due(&world), vec![second.clone()]);
    tried(&mut world, &second, &Verdict::Sent(None));
    assert_eq!(due(&world), vec![first]);
}

#[test]
fn reasons_are_cut_before_they_are_kept() {
    let mut world = World::new();
    let id = hello(&mut world);
    tried(&mut world, &id, &Verdict::Unknown("x".repeat(1_000_000)));
    assert_eq!(delivery(&world, &id).reason.unwrap().len(), 1_000);
}
