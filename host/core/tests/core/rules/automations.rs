//! What may be saved.

use serde_json::json;

use crate::rules::world::{World, robot, trigger};

fn code(world: &mut World, robots: serde_json::Value) -> (&'static str, String) {
    let refusal = world.save("new", robots, json!([])).unwrap_err();
    (refusal.code, refusal.field.unwrap_or_default())
}

#[test]
fn a_reference_to_a_robot_that_runs_later_is_refused() {
    // S0-15
    let mut world = World::new();
    let robots = json!([
        robot("first", "{{ robots.second.said }}", json!({})),
        robot("second", "hi", json!({"after_previous": true})),
    ]);

    assert_eq!(
        code(&mut world, robots),
        ("automation.robot-runs-later", "robots[0].settings.text".into())
    );
}

#[test]
fn a_reference_needs_an_unbroken_chain() {
    // S0-15: the second robot does not wait for the first, so it may run before it.
    let mut world = World::new();
    let loose = json!([
        robot("first", "hi", json!({})),
        robot("second", "{{ robots.first.said }}", json!({}))
    ]);
    assert_eq!(code(&mut world, loose).0, "automation.robot-runs-later");

    let chained = json!([
        robot("first", "hi", json!({})),
        robot("second", "{{ robots.first.said }}", json!({"after_previous": true})),
        robot("third", "{{ robots.first.said }}", json!({"after_previous": true})),
    ]);
    assert_eq!(world.save("new", chained, json!([])), Ok(()));
}

#[test]
fn a_chain_begins_with_the_last_robot_that_waits_for_nobody() {
    let mut world = World::new();
    let robots = json!([
        robot("first", "hi", json!({})),
        robot("second", "hi", json!({})),
        robot("third", "{{ robots.first.said }}", json!({"after_previous": true})),
    ]);

    assert_eq!(code(&mut world, robots).0, "automation.robot-runs-later");
}

#[test]
fn what_does_not_exist_is_refused_by_name() {
    let mut world = World::new();
    let with = |text: &str| json!([robot("one", text, json!({}))]);

    assert_eq!(
        code(&mut world, with("{{ item.titel }}")),
        ("automation.unknown-reference", "robots[0].settings.text".into())
    );
    assert_eq!(
        code(&mut world, with("{{ robots.nobody.said }}")).0,
        "automation.unknown-reference"
    );

    assert_eq!(code(&mut world, with("{{ item.")).0, "template.invalid");
    assert_eq!(code(&mut world, with(&"x".repeat(101))).0, "settings.out-of-bounds");
    assert_eq!(
        code(&mut world, json!([robot("one", "x", json!({"robot": "shout"}))])).0,
        "plugin.no-such-robot"
    );
    assert_eq!(
        code(&mut world, json!([robot("one", "x", json!({"plugin": "no.such"}))])).0,
        "plugin.missing"
    );
    assert_eq!(
        code(&mut world, json!([robot("one", "x", json!({"settings": {}}))])).0,
        "settings.missing"
    );

    assert_eq!(
        code(&mut world, json!([robot("one", "x", json!({"run": {"after": "soon"}}))])),
        ("automation.invalid", "robots[0].run.after".into())
    );
    let bad_field = json!([robot("one", "x", json!({"run": {"after": "1d", "field": "title"}}))]);
    assert_eq!(code(&mut world, bad_field), ("automation.invalid", "robots[0].run.field".into()));

    assert_eq!(
        code(&mut world, json!([robot("one", "x", json!({})), robot("one", "x", json!({}))])).0,
        "automation.invalid"
    );
}

#[test]
fn a_stage_has_one_automation() {
    let mut world = World::new();
    world.automate("new", json!([]), json!([]));

    let draft = json!({"kind": "deal", "pipeline": "sales", "stage": "new"});
    let other = world.run(|tx, ctx| {
        stagewright_core::command::put_automation::decide(
            tx,
            ctx,
            "other",
            serde_json::from_value(draft.clone()).unwrap(),
            None,
        )
    });

    assert_eq!(other.unwrap_err().code, "automation.stage-taken");
}

#[test]
fn publishing_warns_of_a_robot_that_counts_from_a_date() {
    // S0-09
    let mut world = World::new();
    let robots =
        json!([robot("one", "x", json!({"run": {"after": "30m", "field": "created_at"}}))]);
    world.save("new", robots, json!([])).unwrap();

    let version =
        world.ok(|tx, ctx| stagewright_core::command::publish_automation::decide(tx, ctx, "new"));

    assert!(version.warnings[0].contains("counts from created_at"), "{:?}", version.warnings);
}

#[test]
fn publishing_warns_of_a_robot_that_runs_before_a_date() {
    let mut world = World::new();
    let before = json!({"before": "1d", "field": "close_at"});
    let robots = json!([
        robot("one", "x", json!({"run": before})),
        robot("two", "x", json!({"run": before, "if_past": "skip"})),
        robot("three", "x", json!({"run": {"after": "1h"}})),
    ]);

    world.save("new", robots, json!([])).unwrap();
    let version =
        world.ok(|tx, ctx| stagewright_core::command::publish_automation::decide(tx, ctx, "new"));

    let late = "for an item that comes to the stage later than that it";
    let expected = [
        format!("robot `one` runs 1d before close_at: {late} runs at once"),
        format!("robot `two` runs 1d before close_at: {late} is skipped"),
    ];
    assert_eq!(version.warnings, expected);
}

/// What becomes of a draft with a trigger of these properties.
fn saved_trigger(world: &mut World, more: serde_json::Value) -> Result<(), (&'static str, String)> {
    let triggers = json!([trigger("first", json!({})), trigger("one", more)]);
    world
        .save("new", json!([]), triggers)
        .map_err(|refusal| (refusal.code, refusal.field.unwrap_or_default()))
}

#[test]
fn a_trigger_moves_in_the_name_of_one_person_who_works_here() {
    // S4-29
    let mut world = World::new();
    let here = world.create("user", json!({"name": "Here"})).id;
    let left = world.create("user", json!({"name": "Left", "active": false})).id;

    let mut moved_as = |who: &str| saved_trigger(&mut world, json!({"move_as": who}));
    let field = || "triggers[1].move_as".to_owned();

    for who in ["responsible", "supervisor", &format!("user:{here}")] {
        assert_eq!(moved_as(who), Ok(()), "{who}");
    }
    for who in ["observers", "author", "boss", "user:", ""] {
        assert_eq!(moved_as(who), Err(("automation.invalid", field())), "{who}");
    }

    assert_eq!(moved_as("user:nobody"), Err(("record.dangling-link", field())));
    assert_eq!(moved_as(&format!("user:{left}")), Err(("record.inactive-user", field())));
}

#[test]
fn many_triggers_in_the_names_of_many_people_are_saved_in_one_decision() {
    let mut world = World::new();
    let people: Vec<String> =
        (0..20).map(|n| world.create("user", json!({"name": format!("P{n}")})).id).collect();

    let one = |(n, id): (usize, &String)| {
        trigger(&format!("t{n}"), json!({"move_as": format!("user:{id}")}))
    };
    let triggers: Vec<_> = people.iter().enumerate().map(one).collect();

    assert_eq!(world.save("new", json!([]), json!(triggers)), Ok(()));
}

#[test]
fn a_triggers_name_may_be_as_long_as_a_robots() {
    let mut world = World::new();
    assert_eq!(saved_trigger(&mut world, json!({"name": "x".repeat(200)})), Ok(()));

    let refused = saved_trigger(&mut world, json!({"name": "x".repeat(201)}));
    assert_eq!(refused, Err(("automation.invalid", "triggers[1].name".to_owned())));
}
