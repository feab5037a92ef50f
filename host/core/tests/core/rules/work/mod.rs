//! Tasks and activities: what they are linked to, and whom their changes concern.

mod activities;
mod robots;

use serde_json::{Value, json};

use stagewright_core::command::{change_record, create_record, delete_record};
use stagewright_core::key::{Key, Queue, Table};
use stagewright_core::model::due::Due;
use stagewright_core::model::event::Event;
use stagewright_core::model::record::{IndexEntry, RecordRef, linked_to};
use stagewright_core::model::timeline::Entry;

use crate::rules::world::{TENANT, World, minute};

fn deal(world: &mut World) -> RecordRef {
    world.create("deal", json!({"title": "Roof", "pipeline": "sales"}))
}

fn change(world: &mut World, target: &RecordRef, fields: Value) {
    let fields = fields.as_object().unwrap().clone();

    world.ok(|tx, ctx| change_record::decide(tx, ctx, target, &fields, None));
}

fn refused(world: &mut World, kind: &str, fields: Value) -> (&'static str, String) {
    let fields = fields.as_object().unwrap().clone();

    let refusal = world.run(|tx, ctx| create_record::decide(tx, ctx, kind, &fields)).unwrap_err();
    (refusal.code, refusal.field.unwrap_or_default())
}

fn timeline(world: &World, item: &RecordRef) -> Vec<String> {
    let prefix = Entry::range(TENANT, item);

    world
        .rows
        .keys()
        .filter(|key| key.starts_with(&prefix))
        .map(|key| world.get::<Entry>(key).unwrap().text)
        .collect()
}

fn events(world: &World, kind: &str) -> Vec<Event> {
    let prefix = Key::new(TENANT, Table::Event, &[]);

    let all = world
        .rows
        .keys()
        .filter(|key| key.starts_with(&prefix))
        .map(|key| world.get::<Event>(key).unwrap());
    all.filter(|event| event.kind == kind).collect()
}

/// The items for which an event of this kind waits to be dispatched.
fn told(world: &World, kind: &str) -> Vec<RecordRef> {
    let concerns = |due: Due| match due {
        Due::Dispatch { event, item, .. } => {
            (world.get::<Event>(&Event::key(TENANT, &event)).unwrap().kind == kind).then_some(item)
        }
        _ => None,
    };

    world.due(Queue::Dispatch).into_iter().filter_map(|(_, due)| concerns(due)).collect()
}

fn linked(world: &World, kind: &str, item: &RecordRef) -> Vec<String> {
    let prefix = linked_to(TENANT, kind, item);

    world
        .rows
        .keys()
        .filter(|key| key.starts_with(&prefix))
        .map(|key| world.get::<IndexEntry>(key).unwrap().id)
        .collect()
}

#[test]
fn a_task_begins_as_new_and_its_items_say_that_it_is_there() {
    // S4-24
    let mut world = World::new();
    let item = deal(&mut world);
    let task = world.create("task", json!({"title": "Measure the attic", "items": [item]}));

    let record = world.record(&task);
    assert_eq!((record.text("status"), record.text("priority")), ("new", "normal"));
    assert!(!record.fields.contains_key("made_by"));
    assert_eq!(linked(&world, "task", &item), vec![task.id.clone()]);
    assert_eq!(timeline(&world, &item).last().unwrap(), "task created: Measure the attic");
    assert_eq!(events(&world, "task.created")[0].payload["task"]["id"], json!(task.id));
    assert_eq!(told(&world, "task.created"), vec![item]);
}

#[test]
fn a_status_is_news_to_every_item_that_the_task_is_linked_to() {
    // S4-25
    let mut world = World::new();
    let (first, second) = (deal(&mut world), deal(&mut world));
    let task = world.create("task", json!({"title": "Measure", "items": [first, second]}));

    change(&mut world, &task, json!({"status": "completed"}));

    assert_eq!(told(&world, "task.status_changed"), vec![first, second.clone()]);

    let event = events(&world, "task.status_changed").remove(0);
    assert_eq!(
        (&event.payload["from"], &event.payload["to"]),
        (&json!("new"), &json!("completed"))
    );
    assert_eq!(event.payload["task"]["title"], json!("Measure"));
    assert_eq!(world.record(&task).moment("completed_at"), Some(minute(0)));
    assert_eq!(timeline(&world, &second).last().unwrap(), "task completed: Measure");
}

#[test]
fn another_change_of_a_task_is_no_news_to_its_items() {
    let mut world = World::new();
    let item = deal(&mut world);
    let task = world.create("task", json!({"title": "Measure", "items": [item]}));

    change(&mut world, &task, json!({"title": "Measure twice"}));

    assert!(told(&world, "record.changed").is_empty());
    assert_eq!(timeline(&world, &item).last().unwrap(), "task created: Measure");
}

#[test]
fn a_reopened_task_forgets_when_it_was_completed() {
    let mut world = World::new();

    let task = world.create("task", json!({"title": "Measure", "status": "completed"}));
    assert_eq!(world.record(&task).moment("completed_at"), Some(minute(0)));

    change(&mut world, &task, json!({"status": "in_progress"}));
    assert_eq!(world.record(&task).moment("completed_at"), None);
}

#[test]
fn a_task_that_is_unlinked_or_deleted_is_not_found_by_its_item() {
    let mut world = World::new();
    let item = deal(&mut world);
    let task = world.create("task", json!({"title": "Measure", "items": [item]}));
    let gone = world.create("task", json!({"title": "Gone", "items": [item]}));

    world.ok(|tx, ctx| delete_record::decide(tx, ctx, &gone, None, None));
    change(&mut world, &task, json!({"items": []}));

    assert_eq!(linked(&world, "task", &item), Vec::<String>::new());
}

#[test]
fn what_makes_no_sense_is_refused_by_field() {
    let mut world = World::new();
    let item = deal(&mut world);
    let person = world.create("user", json!({"name": "Left", "active": false}));
    let say = |code: &'static str, field: &str| (code, field.to_owned());

    let mut task = |more: Value| {
        let mut fields = json!({"title": "Measure"});
        fields.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        refused(&mut world, "task", fields)
    };

    assert_eq!(
        task(json!({"deadline": "2026-02-30T10:00:00Z"})),
        say("record.wrong-type", "fields.deadline")
    );
    assert_eq!(
        task(json!({"responsible": person.id})),
        say("record.inactive-user", "fields.responsible")
    );

    assert_eq!(task(json!({"group": "roofers"})), say("record.dangling-link", "fields.group"));
    assert_eq!(task(json!({"status": "done"})), say("record.wrong-type", "fields.status"));
    assert_eq!(
        task(json!({"items": [{"kind": "deal", "id": "nobody"}]})),
        say("record.dangling-link", "fields.items[0]")
    );

    assert_eq!(
        task(json!({"items": [item, {"kind": "user", "id": person.id}]})),
        say("record.not-an-item", "fields.items[1].kind")
    );

    assert_eq!(
        task(json!({"checklist": [{"text": ""}]})),
        say("record.wrong-type", "fields.checklist[0]")
    );
    assert_eq!(
        task(json!({"checklist": [{"text": "x".repeat(501)}]})),
        say("record.too-long", "fields.checklist[0].text")
    );

    let long: Vec<Value> = (0..201).map(|_| json!({"text": "x"})).collect();
    assert_eq!(task(json!({ "checklist": long })), say("record.too-long", "fields.checklist"));
    assert_eq!(task(json!({"made_by": {}})), say("record.unknown-field", "fields.made_by"));

    assert_eq!(
        refused(&mut world, "activity", json!({"type": "call", "subject": "x"})),
        say("record.missing-field", "fields.item")
    );
}
