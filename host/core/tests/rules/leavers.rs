//! Employees who were deactivated or deleted, and what still has their names in it.

use serde_json::{Value, json};
use stagewright_core::command::{change_record, delete_record};
use stagewright_core::key::{Key, Table};
use stagewright_core::model::notification::Notification;
use stagewright_core::model::record::RecordRef;

use crate::effects::{act, deal};
use crate::world::{TENANT, World, robot};

fn change(world: &mut World, target: &RecordRef, fields: Value) -> Result<(), (&'static str, String)> {
    let fields = fields.as_object().unwrap().clone();
    let changed = world.run(|tx, ctx| change_record::decide(tx, ctx, target, &fields, None));
    changed.map(drop).map_err(|refusal| (refusal.code, refusal.field.unwrap_or_default()))
}

fn person(world: &mut World, name: &str) -> String {
    world.create("user", json!({"name": name})).id
}

fn deactivate(world: &mut World, user: &str) {
    change(world, &RecordRef::new("user", user), json!({"active": false})).unwrap();
}

/// A deal with three observers, of whom the first was deactivated and the second deleted since; a robot is due. Gives the deal and the
/// third.
fn observed(world: &mut World) -> (RecordRef, String) {
    let item = deal(world, json!([robot("teller", "x", json!({}))]));
    let (left, gone, here) = (person(world, "Left"), person(world, "Gone"), person(world, "Here"));
    change(world, &item, json!({"observers": [left, gone, here]})).unwrap();
    deactivate(world, &left);
    world.ok(|tx, ctx| delete_record::decide(tx, ctx, &RecordRef::new("user", &gone), None, None));
    world.dispatch_quietly();
    (item, here)
}

#[test]
fn an_observer_who_left_does_not_stop_a_notification() {
    let mut world = World::new();
    let (_, here) = observed(&mut world);
    let told = act(&mut world, |scope| {
        let to = scope.resolve("observers")?;
        scope.notify(&json!({"to": to, "text": "Look"}).to_string())
    });
    assert_eq!(told.unwrap().len(), 1);
    let prefix = Key::new(TENANT, Table::Notification, &[]);
    let kept = world.rows.keys().filter(|key| key.starts_with(&prefix)).filter_map(|key| world.get::<Notification>(key));
    assert_eq!(kept.map(|found| found.to).collect::<Vec<_>>(), [here]);
}

#[test]
fn an_observer_who_left_does_not_stop_a_task() {
    let mut world = World::new();
    let (_, here) = observed(&mut world);
    let task = act(&mut world, |scope| {
        let observers = scope.resolve("observers")?;
        scope.create_task(&json!({"title": "Look", "observers": observers}).to_string())
    });
    assert_eq!(world.record(&RecordRef::new("task", &task.unwrap())).texts("observers"), [here]);
}

#[test]
fn whoever_is_responsible_is_given_and_refused_by_name_after_leaving() {
    let mut world = World::new();
    let (item, _) = observed(&mut world);
    let responsible = world.record(&item).text("responsible").to_owned();
    deactivate(&mut world, &responsible);
    world.dispatch_quietly();
    let refusal = act(&mut world, |scope| {
        let to = scope.resolve("responsible")?;
        assert_eq!(to.len(), 1);
        scope.notify(&json!({"to": to, "text": "Look"}).to_string())
    });
    assert!(refusal.unwrap_err().message.contains("deactivated"));
}

#[test]
fn a_list_with_somebody_in_it_who_left_can_be_changed() {
    let mut world = World::new();
    let item = world.create("deal", json!({"title": "Roof", "pipeline": "sales"}));
    let (left, here, also_left) = (person(&mut world, "Left"), person(&mut world, "Here"), person(&mut world, "Also"));
    change(&mut world, &item, json!({"observers": [left]})).unwrap();
    deactivate(&mut world, &left);
    deactivate(&mut world, &also_left);
    change(&mut world, &item, json!({"observers": [left, here]})).unwrap();
    assert_eq!(
        change(&mut world, &item, json!({"observers": [left, here, also_left]})),
        Err(("record.inactive-user", "fields.observers".into()))
    );
    change(&mut world, &item, json!({"observers": [here]})).unwrap();
    assert_eq!(
        change(&mut world, &item, json!({"observers": [here, left]})),
        Err(("record.inactive-user", "fields.observers".into())),
        "who was taken off is not put back"
    );
    change(&mut world, &item, json!({"responsible": left})).unwrap_err();
}

#[test]
fn a_task_that_is_linked_to_a_deleted_deal_can_be_linked_to_another() {
    let mut world = World::new();
    let deals: Vec<RecordRef> = (0..3).map(|_| world.create("deal", json!({"title": "Roof", "pipeline": "sales"}))).collect();
    let task = world.create("task", json!({"title": "Measure", "items": [deals[0]]}));
    for gone in [0, 2] {
        world.ok(|tx, ctx| delete_record::decide(tx, ctx, &deals[gone], None, None));
    }
    change(&mut world, &task, json!({"items": [deals[0], deals[1]]})).unwrap();
    let refusal = change(&mut world, &task, json!({"items": [deals[0], deals[1], deals[2]]}));
    assert_eq!(refusal, Err(("record.dangling-link", "fields.items[2]".into())));
}
