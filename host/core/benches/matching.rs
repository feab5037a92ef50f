//! How long it takes to match one event against the automations of a tenant that has published a
//! thousand.
//!
//! What is measured is every round of `dispatch::plan`, from the event's id to the triggers that
//! are to be asked, with rows as the store keeps them: found in memory, decoded here.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::needless_pass_by_value,
    reason = "a measurement that cannot set the stage should stop, as tests do"
)]

#[path = "../tests/core/rules/world/mod.rs"]
#[expect(dead_code, reason = "the world of the rules' tests, of which a measurement needs little")]
mod world;

use criterion::{Criterion, criterion_group, criterion_main};
use serde_json::{Map, Value, json};

use stagewright_core::command::{
    change_record, dispatch, publish_automation, put_automation, put_pipeline,
};
use stagewright_core::context::OpContext;
use stagewright_core::key::Queue;
use stagewright_core::model::due::Due;
use stagewright_core::model::record::RecordRef;

use world::{TENANT, World, trigger};

/// Automations of the tenant.
const AUTOMATIONS: usize = 1_000;

/// A tenant whose automations stand on pipelines of `stages` stages; every `listening`-th has a
/// trigger for changed fields, the others for accepted chats.
fn tenant(stages: usize, listening: usize, more: &Value) -> World {
    let mut world = World::new();
    for pipeline in 0..AUTOMATIONS / stages {
        let (id, names) = (
            format!("p{pipeline}"),
            (0..stages).map(|stage| format!("s{stage}")).collect::<Vec<_>>(),
        );

        let all: Vec<Value> = names.iter().map(|name| json!({"id": name, "name": name})).collect();
        let body = json!({"kind": "deal", "name": "P", "stages": all});
        world.ok(|tx, ctx| {
            put_pipeline::decide(tx, ctx, &id, serde_json::from_value(body.clone()).unwrap(), None)
        });

        for (place, stage) in names.iter().enumerate() {
            let mut changed = json!({"trigger": "changed", "settings": {}});
            changed.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());

            let one = if place % listening == 0 {
                trigger("moved", changed)
            } else {
                trigger("moved", json!({}))
            };

            let robot =
                world::robot("say", "Hello {{ item.title }}", json!({"run": {"after": "1d"}}));

            let body = json!({
                "kind": "deal", "pipeline": id, "stage": stage, "robots": [robot],
                "triggers": [one],
            });

            let name = format!("a-{pipeline}-{stage}");
            world.ok(|tx, ctx| {
                put_automation::decide(
                    tx,
                    ctx,
                    &name,
                    serde_json::from_value(body.clone()).unwrap(),
                    None,
                )
            });

            world.ok(|tx, ctx| publish_automation::decide(tx, ctx, &name));
        }
    }

    world
}

/// An event that waits: a field of a deal on the first stage of the first pipeline has changed.
fn event(world: &mut World) -> (String, RecordRef) {
    let item = world.create("deal", json!({"title": "Roof", "pipeline": "p0", "amount": "5"}));
    world.dispatch_quietly();

    let fields: Map<String, Value> = json!({"amount": "50"}).as_object().unwrap().clone();
    world.ok(|tx, ctx| change_record::decide(tx, ctx, &item, &fields, None));

    match world.due(Queue::Dispatch).into_iter().next() {
        Some((_, Due::Dispatch { event, item, .. })) => (event, item),
        other => panic!("{other:?}"),
    }
}

fn matching(criterion: &mut Criterion) {
    let nothing = json!({});

    let big = json!({
        "condition": {
            "all": [
                {"field": "item.amount", "is": "changed"},
                {"field": "item.amount", "is": "greater_than", "value": "1000"},
            ],
        },
    });

    for (name, stages, listening, more, asked) in [
        ("100 pipelines of 10 stages, every fifth stage listens", 10, 5, &nothing, 1),
        ("100 pipelines of 10 stages, every stage listens", 10, 1, &nothing, 9),
        ("10 pipelines of 100 stages, every tenth stage listens", 100, 10, &nothing, 9),
        ("10 pipelines of 100 stages, every stage listens", 100, 1, &nothing, 99),
        (
            "10 pipelines of 100 stages, every stage listens under a condition that does not hold",
            100,
            1,
            &big,
            0,
        ),
    ] {
        let mut world = tenant(stages, listening, more);
        let (event, item) = event(&mut world);
        let ctx = OpContext::system(TENANT, &["dispatch", &event], world.now);
        let plan = |world: &World| {
            world.look(&ctx, |tx, ctx| dispatch::plan(tx, ctx, &event, &item)).unwrap()
        };

        assert_eq!(plan(&world).iter().filter(|ask| ask.call.is_ok()).count(), asked, "{name}");
        criterion.bench_function(name, |bencher| bencher.iter(|| plan(&world)));
    }
}

criterion_group!(benches, matching);
criterion_main!(benches);
