//! Employees and departments.

use serde_json::{Value, json};

use stagewright_core::call::Verdict;
use stagewright_core::command::{add_observers, change_record, create_record, delete_record};
use stagewright_core::directory;
use stagewright_core::limits::DEPARTMENTS_MAX;
use stagewright_core::model::record::RecordRef;
use stagewright_core::refusal::Refusal;

use crate::rules::world::{TENANT, World, robot, trigger};

fn change(world: &mut World, target: &RecordRef, fields: Value) -> Result<(), Refusal> {
    let fields = fields.as_object().unwrap().clone();
    world.run(|tx, ctx| change_record::decide(tx, ctx, target, &fields, None)).map(drop)
}

/// Who supervises a user, and what the department is called in the profile.
fn seen(world: &mut World, user: &str) -> (Option<String>, String) {
    let ctx = world.ctx();
    let supervisor = world.look(&ctx, |tx, _| directory::supervisor_of(tx, TENANT, user)).unwrap();
    let profile = world.look(&ctx, |tx, _| directory::profile(tx, TENANT, user)).unwrap();
    (supervisor, profile["department_name"].as_str().unwrap().to_owned())
}

/// Departments, each below the one before it.
fn nested(world: &mut World, count: usize) -> Vec<RecordRef> {
    let mut all: Vec<RecordRef> = Vec::new();
    for number in 0..count {
        let parent = all.last().map_or(String::new(), |above| above.id.clone());
        all.push(
            world.create("department", json!({"name": format!("D{number}"), "parent": parent})),
        );
    }
    all
}

#[test]
fn a_department_does_not_stand_below_itself() {
    let mut world = World::new();
    let all = nested(&mut world, 20);

    let refusal = change(&mut world, &all[0], json!({"parent": all[19].id})).unwrap_err();
    assert_eq!(
        (refusal.code, refusal.field.as_deref()),
        ("department.cycle", Some("fields.parent"))
    );

    let refusal = change(&mut world, &all[3], json!({"parent": all[3].id})).unwrap_err();
    assert_eq!(refusal.code, "department.cycle");

    change(&mut world, &all[19], json!({"parent": all[0].id})).unwrap();
    change(&mut world, &all[0], json!({"name": "Top"})).unwrap();
}

#[test]
fn an_absence_ends_after_it_begins() {
    let mut world = World::new();
    let user = world.create("user", json!({"name": "Ira", "absent_from": "2026-12-01T09:00:00Z"}));

    let refusal =
        change(&mut world, &user, json!({"absent_until": "2026-12-01T09:00:00Z"})).unwrap_err();
    assert_eq!(
        (refusal.code, refusal.field.as_deref()),
        ("record.wrong-order", Some("fields.absent_until"))
    );

    change(&mut world, &user, json!({"absent_until": "2026-12-08T09:00:00Z"})).unwrap();
    change(&mut world, &user, json!({"absent_from": null})).unwrap();
}

#[test]
fn departments_stand_no_deeper_than_a_supervisor_is_looked_for() {
    let mut world = World::new();
    let all = nested(&mut world, DEPARTMENTS_MAX);

    let deeper =
        json!({"name": "Deeper", "parent": all.last().unwrap().id}).as_object().unwrap().clone();
    let refusal =
        world.run(|tx, ctx| create_record::decide(tx, ctx, "department", &deeper)).unwrap_err();
    assert_eq!(
        (refusal.code, refusal.field.as_deref()),
        ("department.too-deep", Some("fields.parent"))
    );

    // The whole tree would go one level down.
    let above = world.create("department", json!({"name": "Above"}));
    assert_eq!(
        change(&mut world, &all[0], json!({"parent": above.id})).unwrap_err().code,
        "department.too-deep"
    );
    change(&mut world, &all[1], json!({"parent": above.id})).unwrap();

    let boss = world.create("user", json!({"name": "Boss"}));
    change(&mut world, &above, json!({"head": boss.id})).unwrap();
    let user = world.create("user", json!({"name": "Ira", "department": all.last().unwrap().id}));
    assert_eq!(seen(&mut world, &user.id).0, Some(boss.id), "the lowest still finds the highest");
}

#[test]
fn a_department_that_was_deleted_supervises_nobody() {
    let mut world = World::new();
    let boss = world.create("user", json!({"name": "Boss"}));
    let top = world.create("department", json!({"name": "Top", "head": boss.id}));
    let sales = world.create("department", json!({"name": "Sales", "parent": top.id}));
    let user = world.create("user", json!({"name": "Ira", "department": sales.id}));

    assert_eq!(seen(&mut world, &user.id), (Some(boss.id), "Sales".into()));

    world.ok(|tx, ctx| delete_record::decide(tx, ctx, &top, None, None));
    assert_eq!(seen(&mut world, &user.id), (None, "Sales".into()));

    world.ok(|tx, ctx| delete_record::decide(tx, ctx, &sales, None, None));
    assert_eq!(seen(&mut world, &user.id), (None, String::new()));
}

#[test]
fn a_department_stands_below_one_whose_parent_was_deleted() {
    let mut world = World::new();
    let all = nested(&mut world, DEPARTMENTS_MAX);
    world.ok(|tx, ctx| delete_record::decide(tx, ctx, &all[0], None, None));

    world.create("department", json!({"name": "Deeper", "parent": all.last().unwrap().id}));
}

#[test]
fn many_people_are_added_as_observers_at_once() {
    let mut world = World::new();
    let item = world.create("deal", json!({"title": "Roof", "pipeline": "sales"}));
    let users: Vec<String> = (0..40)
        .map(|number| world.create("user", json!({"name": format!("U{number}")})).id)
        .collect();

    let added = world.ok(|tx, ctx| add_observers::decide(tx, ctx, &item, &users));
    assert_eq!(added, users);
}

#[test]
fn a_trigger_moves_an_item_in_a_supervisors_name_whatever_else_hangs_on_it() {
    let mut world = World::new();
    let kept = json!({"run": {"after": "1h"}, "on_leave": "keep"});
    world.automate(
        "new",
        json!([robot("kept", "a", kept), robot("late", "a", json!({"run": {"after": "1h"}}))]),
        json!([]),
    );

    world.automate(
        "processed",
        json!([]),
        json!([trigger(
            "changed",
            json!({"trigger": "changed", "settings": {}, "move_as": "supervisor"})
        )]),
    );

    // The head of the nearest department is deactivated, so that the supervisor has to be looked
    // for above it.
    let gone = world.create("user", json!({"name": "Gone"}));
    let boss = world.create("user", json!({"name": "Boss"}));
    let above = world.create("department", json!({"name": "All", "head": boss.id}));
    let sales =
        world.create("department", json!({"name": "Sales", "head": gone.id, "parent": above.id}));
    change(&mut world, &gone, json!({"active": false})).unwrap();
    let ivan = world.create("user", json!({"name": "Ivan", "department": sales.id}));
    let item =
        world.create("deal", json!({"title": "Roof", "pipeline": "sales", "responsible": ivan.id}));
    world.dispatch_quietly();

    let call = json!({
        "type": "call", "subject": "Call", "due": "2030-01-01T09:00:00Z",
        "item": {"kind": "deal", "id": item.id}, "auto_complete": true,
    });
    world.create("activity", call);

    change(&mut world, &item, json!({"title": "Wall"})).unwrap();
    world.dispatch(&|_| Verdict::Fire);

    assert_eq!(world.record(&item).text("stage"), "processed");
    assert!(
        world.timeline(&item).iter().any(|entry| entry.kind == "stage_changed"
            && entry.author.as_deref() == Some(boss.id.as_str()))
    );
}
