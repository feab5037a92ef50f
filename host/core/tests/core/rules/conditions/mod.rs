//! Conditions of robots and triggers.

mod refusals;
mod triggers;

use serde_json::{Value, json};

use stagewright_core::call::Usage;
use stagewright_core::command::change_record;
use stagewright_core::command::step::{Ending, Planned, plan, settle};
use stagewright_core::condition::Judged;
use stagewright_core::key::Queue;
use stagewright_core::model::due::Due;
use stagewright_core::model::record::RecordRef;
use stagewright_core::model::run::{Attempt, StepState};
use stagewright_core::model::timeline::Entry;

use crate::rules::world::{TENANT, World, robot};

fn leaf(field: &str, is: &str, value: Value) -> Value {
    json!({"field": field, "is": is, "value": value})
}

/// What becomes of a robot with this condition on a deal with these fields.
fn judged(condition: Value, fields: Value) -> Judged {
    let mut world = World::new();
    world.automate("new", json!([robot("one", "x", json!({"condition": condition}))]), json!([]));

    let mut all = json!({"title": "Roof", "pipeline": "sales"});
    all.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());

    world.create("deal", all);
    world.dispatch_quietly();

    judged_now(&mut world)
}

/// The condition of the step that is due first, judged now.
fn judged_now(world: &mut World) -> Judged {
    let (_, Due::Step { run, step, .. }) = world.due(Queue::Step).into_iter().next().unwrap()
    else {
        panic!()
    };

    match world.ok(|tx, ctx| plan(tx, ctx, &run, &step)) {
        Planned::Call(plan) => plan.condition.unwrap(),
        Planned::Skipped(reason, judged) => {
            assert_eq!(
                (reason.as_str(), judged.as_ref().unwrap().holds()),
                ("the condition does not hold", false)
            );
            judged.unwrap()
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_robot_whose_condition_does_not_hold_is_not_called_and_the_tree_says_why() {
    let no_source = json!({"field": "item.source", "is": "empty"});
    let condition = json!({"all": [
        leaf("item.title", "contains", json!("ROOF")),
        {"any": [leaf("item.amount", "greater_than", json!("1000")), {"not": no_source}]},
    ]});
    let tree = judged(condition, json!({"amount": "250.00"}));

    let expected = json!({
        "all": [
            {
                "field": "item.title", "is": "contains", "value": "ROOF", "actual": "Roof",
                "holds": true,
            },
            {
                "any": [
                    {
                        "field": "item.amount", "is": "greater_than", "value": "1000",
                        "actual": "250.00", "holds": false,
                    },
                    {
                        "not": {
                            "field": "item.source", "is": "empty", "actual": null, "holds": true,
                        },
                        "holds": false,
                    },
                ],
                "holds": false,
            },
        ],
        "holds": false,
    });

    assert_eq!(json!(tree), expected);
    assert_eq!(
        tree.reasons(),
        vec!["item.amount is 250.00 (greater_than 1000)", "item.source is empty (empty)"]
    );
}

#[test]
fn a_skipped_step_keeps_its_condition_and_the_timeline_says_why() {
    let mut world = World::new();
    let condition = leaf("item.amount", "greater_than", json!("1000"));
    world.automate(
        "new",
        json!([robot("one", "x", json!({"name": "Praise", "condition": condition}))]),
        json!([]),
    );

    let item = world.create("deal", json!({"title": "Roof", "pipeline": "sales", "amount": "250"}));
    world.dispatch_quietly();

    let (_, Due::Step { run, step, .. }) = world.due(Queue::Step).into_iter().next().unwrap()
    else {
        panic!()
    };
    let Planned::Skipped(reason, judged) = world.ok(|tx, ctx| plan(tx, ctx, &run, &step)) else {
        panic!()
    };

    let attempt = Attempt {
        at: world.now,
        version: String::new(),
        usage: Usage::default(),
        log: Vec::new(),
        error: None,
    };

    let ending = Ending::Skipped(reason);
    world.ok(|tx, ctx| {
        settle(tx, ctx, (&run, &step), ending.clone(), attempt.clone(), judged.clone())
    });

    let step = world.runs().remove(0).steps.remove(0);
    assert_eq!(step.state, StepState::Skipped { reason: "the condition does not hold".into() });
    assert_eq!(json!(step.condition)["actual"], json!("250"));

    let prefix = Entry::range(TENANT, &item);
    let entries = world
        .rows
        .keys()
        .filter(|key| key.starts_with(&prefix))
        .filter_map(|key| world.get::<Entry>(key));

    let texts: Vec<String> = entries.map(|entry| entry.text).collect();
    let said =
        "robot Praise skipped: the condition does not hold: item.amount is 250 (greater_than 1000)";
    assert!(texts.iter().any(|text| text == said), "{texts:?}");
}

#[test]
fn values_are_compared_as_what_the_field_holds() {
    let deal = || {
        json!({
            "amount": "1000.00", "comment": "Straße", "close_at": "2026-11-22T22:30:00Z",
            "source": "0100",
        })
    };
    let holds =
        |field: &str, is: &str, value: Value| judged(leaf(field, is, value), deal()).holds();

    assert!(holds("item.amount", "equals", json!("1000")), "a number, whatever its zeros");
    assert!(
        holds("item.amount", "less_than", json!("1000.000000000000000000000000001")),
        "exactly, and no float"
    );

    assert!(holds("item.amount", "less_than", json!(10_000)), "and not letter by letter");
    assert!(holds("item.comment", "equals", json!("STRASSE")), "case does not count");

    assert!(
        !holds("item.source", "equals", json!("100")),
        "a text is a text, whatever it looks like"
    );

    assert!(
        holds("item.close_at", "equals", json!("2026-11-23T00:30:00+02:00")),
        "a moment, wherever it was written"
    );
    assert!(
        holds("item.close_at", "equals", json!("2026-11-23")),
        "a whole day in the tenant's time zone"
    );
    assert!(holds("item.close_at", "less_or_equal", json!("2026-11-23")), "and its evening too");

    assert!(holds("item.stage", "in", json!(["won", "new"])));
    assert!(holds("item.close_at", "greater_than", json!({"field": "item.created_at"})));
}

#[test]
fn a_result_that_is_a_moment_is_compared_as_one() {
    let until = |is: &str, value: &str| {
        let condition = leaf("robots.get.until", is, json!(value));
        let robots = json!([
            robot("get", "a", json!({})),
            robot("one", "x", json!({"after_previous": true, "condition": condition}))
        ]);

        let mut world = World::new();
        world.save("new", robots.clone(), json!([])).map_err(|refusal| refusal.code)?;
        world.automate("new", robots, json!([]));
        world.create("deal", json!({"title": "Roof", "pipeline": "sales"}));
        world.dispatch_quietly();

        let (_, Due::Step { run, step, .. }) = world.due(Queue::Step).into_iter().next().unwrap()
        else {
            panic!()
        };

        let results = json!({"until": "2026-11-22T22:30:00.000Z"}).as_object().unwrap().clone();
        let ending =
            Ending::Done { results, effects: Vec::new(), deliveries: Vec::new(), until: None };

        let attempt = Attempt {
            at: world.now,
            version: String::new(),
            usage: Usage::default(),
            log: Vec::new(),
            error: None,
        };

        world.ok(|tx, ctx| settle(tx, ctx, (&run, &step), ending.clone(), attempt.clone(), None));
        Ok(judged_now(&mut world).holds())
    };

    assert_eq!(until("equals", "2026-11-23T00:30:00+02:00"), Ok(true), "wherever it was written");
    assert_eq!(until("equals", "2026-11-23"), Ok(true), "a whole day in the tenant's time zone");
    assert_eq!(until("less_than", "2026-11-23"), Ok(false));
    assert_eq!(until("greater_than", "2026-11-22"), Ok(true));
    assert_eq!(until("less_than", "2026-02-30"), Err("condition.wrong-value"));
}

#[test]
fn what_is_missing_is_neither_greater_nor_less_and_equals_nothing() {
    let holds = |is: &str, value: Value| judged(leaf("item.amount", is, value), json!({})).holds();

    for is in ["equals", "greater_than", "greater_or_equal", "less_than", "less_or_equal"] {
        assert!(!holds(is, json!("0")), "{is}");
    }

    assert!(holds("not_equals", json!("0")));
    assert!(
        judged(json!({"not": leaf("item.amount", "less_than", json!("5"))}), json!({})).holds()
    );
}

#[test]
fn a_condition_is_judged_when_the_robots_turn_comes() {
    let mut world = World::new();
    let condition = leaf("item.amount", "greater_than", json!("1000"));
    world.automate(
        "new",
        json!([robot("one", "x", json!({"condition": condition, "run": {"after": "1h"}}))]),
        json!([]),
    );

    let item = world.create("deal", json!({"title": "Roof", "pipeline": "sales", "amount": "5"}));
    world.dispatch_quietly();

    assert!(!judged_now(&mut world).holds());

    change(&mut world, &item, json!({"amount": "5000"}));
    world.dispatch_quietly();

    assert!(judged_now(&mut world).holds());
}

fn change(world: &mut World, item: &RecordRef, fields: Value) {
    let fields = fields.as_object().unwrap().clone();
    world.ok(|tx, ctx| change_record::decide(tx, ctx, item, &fields, None));
}
