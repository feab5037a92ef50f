//! Outgoing messages: `tries` from request to end, `statuses` that the provider reports, `people`
//! who decide about what is stuck.

mod people;
mod statuses;
mod tries;

use serde_json::{Value, json};

use stagewright_core::command::deliver::{Claimed, Verdict, claim, finish};
use stagewright_core::command::ingest_status::{self, StatusUpdate};
use stagewright_core::command::send_message::{self, Origin, Request};
use stagewright_core::key::Queue;
use stagewright_core::model::channel::Channel;
use stagewright_core::model::delivery::{Delivery, DeliveryState};
use stagewright_core::model::due::Due;

use crate::rules::world::{TENANT, World};

pub(super) fn send(world: &mut World, message: Value) -> String {
    let request = Request::parse(&message).unwrap();
    world.ok(|tx, ctx| send_message::decide(tx, ctx, &request, &Origin::default())).id
}

pub(super) fn state(world: &World, id: &str) -> DeliveryState {
    world.get::<Delivery>(&Delivery::key(TENANT, id)).unwrap().state
}

pub(super) fn due(world: &World) -> Vec<String> {
    world
        .due(Queue::Delivery)
        .into_iter()
        .map(|(_, due)| if let Due::Delivery { id, .. } = due { id } else { panic!() })
        .collect()
}

pub(super) fn hello(world: &mut World) -> String {
    send(world, json!({"to": "+380501112233", "text": "hello"}))
}

pub(super) fn status(world: &mut World, external_id: &str, status: &str) {
    status_of(world, external_id, status, None);
}

/// A status that names our own id, as WhatsApp's do.
pub(super) fn status_of(
    world: &mut World,
    external_id: &str,
    status: &str,
    delivery: Option<&str>,
) {
    let delivery = delivery.map(str::to_owned);
    let update = StatusUpdate {
        external_id: external_id.into(),
        delivery,
        status: status.into(),
        reason: None,
    };

    world.ok(|tx, ctx| ingest_status::decide(tx, ctx, "wa", &update));
}

/// One try that ends like this.
pub(super) fn tried(world: &mut World, id: &str, verdict: &Verdict) {
    assert!(matches!(world.ok(|tx, ctx| claim(tx, ctx, id)), Claimed::Send(_)));
    world.ok(|tx, ctx| finish(tx, ctx, id, verdict.clone()));
}

pub(super) fn busy(after_ms: i64) -> Verdict {
    Verdict::Retry { after_ms, reason: "busy".into(), code: "x".into() }
}

pub(super) fn change_channel(world: &mut World, change: impl Fn(&mut Channel)) {
    let mut channel: Channel = world.get(&Channel::key(TENANT, "wa")).unwrap();
    change(&mut channel);
    world.put(Channel::key(TENANT, "wa"), &channel);
}

pub(super) fn delivery(world: &World, id: &str) -> Delivery {
    world.get(&Delivery::key(TENANT, id)).unwrap()
}
