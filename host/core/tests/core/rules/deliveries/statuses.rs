//! What the provider reports of a message.

use stagewright_core::command::deliver::{Claimed, Verdict, claim, finish};
use stagewright_core::command::ingest_status::{self, StatusUpdate};
use stagewright_core::command::settle_delivery::{self, Choice};
use stagewright_core::model::channel::OnUnknown;
use stagewright_core::model::delivery::DeliveryState;

use super::{busy, change_channel, delivery, due, hello, state, status, status_of, tried};
use crate::rules::world::{World, minute};

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

    for (word, expected) in [
        ("read", DeliveryState::Read),
        ("delivered", DeliveryState::Read),
        ("sent", DeliveryState::Read),
    ] {
        status(&mut world, "x1", word);
        assert_eq!(state(&world, &id), expected);
    }
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

        assert_eq!(
            (state(&world, &id), delivery(&world, &id).external_id.as_deref()),
            (expected, Some("x1"))
        );
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
    assert_eq!(
        (state(&world, &id), delivery(&world, &id).external_id.as_deref()),
        (DeliveryState::Sent, Some("x2"))
    );

    status_of(&mut world, "x2", "failed", Some(&id));
    assert_eq!(state(&world, &id), DeliveryState::Failed);
}

#[test]
fn a_status_of_another_channel_or_of_nobodys_message_changes_nothing() {
    let mut world = World::new();
    let id = hello(&mut world);
    tried(&mut world, &id, &Verdict::Sent(Some("x1".into())));

    let update = StatusUpdate {
        external_id: "y".into(),
        delivery: Some(id.clone()),
        status: "read".into(),
        reason: None,
    };
    world.ok(|tx, ctx| ingest_status::decide(tx, ctx, "other", &update));
    status(&mut world, "nobody", "read");
    status_of(&mut world, "x1", "warning", Some(&id));

    assert_eq!(state(&world, &id), DeliveryState::Sent);
}
