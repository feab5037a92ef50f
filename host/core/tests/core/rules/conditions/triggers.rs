//! Conditions of triggers, and what a robot's condition sees of the event that a trigger acted on.

use serde_json::{Value, json};

use stagewright_core::call::Verdict;
use stagewright_core::model::event::{Candidate, Decisions, Outcome};
use stagewright_core::model::record::RecordRef;

use super::{change, judged_now, leaf};
use crate::rules::world::{TENANT, World, robot, trigger};

/// A world with a trigger that listens to changes of fields, under this condition.
fn with_trigger(condition: &Value) -> (World, RecordRef) {
    let mut world = World::new();
    let on_change = json!({"trigger": "changed", "settings": {}, "condition": condition});
    world.automate("processed", json!([]), json!([trigger("big", on_change)]));

    let item = world.create("deal", json!({"title": "Roof", "pipeline": "sales", "amount": "5"}));
    world.dispatch_quietly();
    (world, item)
}

fn last_candidate(world: &World, item: &RecordRef) -> Candidate {
    let prefix = Decisions::range(TENANT, item);
    let mut found = world
        .rows
        .keys()
        .filter(|key| key.starts_with(&prefix))
        .filter_map(|key| world.get::<Decisions>(key));

    found.next_back().unwrap().candidates.remove(0)
}

#[test]
fn a_trigger_whose_condition_does_not_hold_is_not_asked() {
    let grown = json!({"all": [
        {"field": "item.amount", "is": "changed"},
        leaf("after.amount", "greater_than", json!({"field": "before.amount"})),
    ]});
    let (mut world, item) = with_trigger(&grown);

    change(&mut world, &item, json!({"amount": "3"}));
    world.dispatch(&|_| panic!("it was asked"));

    let candidate = last_candidate(&world, &item);
    assert_eq!(
        candidate.outcome,
        Outcome::Skipped { reason: "the condition does not hold".into() }
    );

    let tree = json!(candidate.condition);
    assert_eq!(tree["all"][1]["compared_with"], json!("5"));
    assert_eq!((&tree["all"][0]["holds"], &tree["all"][1]["holds"]), (&json!(true), &json!(false)));

    change(&mut world, &item, json!({"amount": "30"}));
    world.dispatch(&|_| Verdict::Fire);
    assert_eq!(world.record(&item).text("stage"), "processed");
    assert!(last_candidate_that_ran(&world, &item).condition.unwrap().holds());
}

fn last_candidate_that_ran(world: &World, item: &RecordRef) -> Candidate {
    let prefix = Decisions::range(TENANT, item);
    let found = world
        .rows
        .keys()
        .filter(|key| key.starts_with(&prefix))
        .filter_map(|key| world.get::<Decisions>(key));

    found
        .flat_map(|decisions| decisions.candidates)
        .find(|candidate| matches!(candidate.outcome, Outcome::Ran { .. }))
        .unwrap()
}

#[test]
fn changed_to_looks_at_what_the_event_changed() {
    let (mut world, item) = with_trigger(&leaf("item.source", "changed_to", json!("Web")));

    change(&mut world, &item, json!({"source": "phone"}));
    world.dispatch(&|_| panic!("it was asked"));

    change(&mut world, &item, json!({"source": "web", "amount": "7"}));
    world.dispatch(&|_| Verdict::Fire);

    assert_eq!(world.record(&item).text("stage"), "processed");
}

#[test]
fn a_robot_sees_what_the_trigger_acted_on() {
    let (mut world, item) = with_trigger(&leaf("item.amount", "greater_than", json!("10")));

    let seen = json!({
        "all": [
            leaf("before.amount", "equals", json!("5")),
            leaf("after.amount", "equals", json!("30")),
            leaf("before.stage", "equals", json!("new")),
            leaf("event.kind", "equals", json!("item.changed")),
        ],
    });

    world.automate(
        "processed",
        json!([robot("one", "x", json!({"condition": seen}))]),
        json!([trigger("big", json!({"trigger": "changed", "settings": {}}))]),
    );

    change(&mut world, &item, json!({"amount": "30"}));
    world.dispatch(&|_| Verdict::Fire);

    let tree = judged_now(&mut world);
    assert!(tree.holds(), "{tree:?}");
}
