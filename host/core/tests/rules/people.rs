//! Employees and departments.

use serde_json::{Value, json};
use stagewright_core::command::change_record;
use stagewright_core::model::record::RecordRef;
use stagewright_core::refusal::Refusal;

use crate::world::World;

fn change(world: &mut World, target: &RecordRef, fields: Value) -> Result<(), Refusal> {
    let fields = fields.as_object().unwrap().clone();
    world.run(|tx, ctx| change_record::decide(tx, ctx, target, &fields, None)).map(drop)
}

/// Departments, each below the one before it.
fn nested(world: &mut World, count: usize) -> Vec<RecordRef> {
    let mut all: Vec<RecordRef> = Vec::new();
    for number in 0..count {
        let parent = all.last().map_or(String::new(), |above| above.id.clone());
        all.push(world.create("department", json!({"name": format!("D{number}"), "parent": parent})));
    }
    all
}

#[test]
fn a_department_does_not_stand_below_itself() {
    let mut world = World::new();
    let all = nested(&mut world, 20);
    let refusal = change(&mut world, &all[0], json!({"parent": all[19].id})).unwrap_err();
    assert_eq!((refusal.code, refusal.field.as_deref()), ("department.cycle", Some("fields.parent")));
    let refusal = change(&mut world, &all[3], json!({"parent": all[3].id})).unwrap_err();
    assert_eq!(refusal.code, "department.cycle");
    change(&mut world, &all[19], json!({"parent": all[0].id})).unwrap();
    change(&mut world, &all[0], json!({"name": "Top"})).unwrap();
}

#[test]
fn an_absence_ends_after_it_begins() {
    let mut world = World::new();
    let user = world.create("user", json!({"name": "Ira", "absent_from": "2026-12-01T09:00:00Z"}));
    let refusal = change(&mut world, &user, json!({"absent_until": "2026-12-01T09:00:00Z"})).unwrap_err();
    assert_eq!((refusal.code, refusal.field.as_deref()), ("record.wrong-order", Some("fields.absent_until")));
    change(&mut world, &user, json!({"absent_until": "2026-12-08T09:00:00Z"})).unwrap();
    change(&mut world, &user, json!({"absent_from": null})).unwrap();
}
