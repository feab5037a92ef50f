//! What a person decides about a message that is stuck.

use stagewright_core::command::deliver::{Verdict, claim, finish};
use stagewright_core::command::settle_delivery::{self, Choice};
use stagewright_core::model::delivery::{Delivery, DeliveryState};

use super::{busy, delivery, due, hello, state, status_of, tried};
use crate::rules::world::{TENANT, World};

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

    let refusal =
        world.run(|tx, ctx| settle_delivery::decide(tx, ctx, &id, Choice::Confirm)).unwrap_err();
    assert_eq!(refusal.code, "delivery.wrong-state");
}

#[test]
fn nobody_decides_about_a_message_that_is_being_sent() {
    let mut world = World::new();
    let id = hello(&mut world);
    world.ok(|tx, ctx| claim(tx, ctx, &id));

    for choice in [Choice::Retry, Choice::Discard, Choice::Confirm] {
        let refusal =
            world.run(|tx, ctx| settle_delivery::decide(tx, ctx, &id, choice)).unwrap_err();
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
    assert_eq!(
        (confirmed.state, confirmed.external_id, confirmed.reason),
        (DeliveryState::Sent, None, None)
    );

    status_of(&mut world, "x1", "read", Some(&id));
    assert_eq!(
        (state(&world, &id), delivery(&world, &id).external_id.as_deref()),
        (DeliveryState::Read, Some("x1"))
    );
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
