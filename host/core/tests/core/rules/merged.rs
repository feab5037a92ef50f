//! What becomes of work, files and timelines where one item is merged into another.

use serde_json::{Value, json};

use stagewright_core::command::attach_files::{self, NewFile};
use stagewright_core::command::{delete_record, move_item};
use stagewright_core::key::{Key, Table};
use stagewright_core::limits::HAND_OVER_MAX;
use stagewright_core::model::event::Event;
use stagewright_core::model::file::File;
use stagewright_core::model::history::{HistoryEntry, HistoryPlace};
use stagewright_core::model::record::{IndexEntry, Lane, RecordRef, linked_to};

use crate::rules::world::{TENANT, World, minute};

fn deals(world: &mut World) -> (RecordRef, RecordRef) {
    let mut deal = || world.create("deal", json!({"title": "Roof", "pipeline": "sales"}));
    (deal(), deal())
}

fn merge(world: &mut World, from: &RecordRef, to: &RecordRef) -> Option<String> {
    world.ok(|tx, ctx| delete_record::decide(tx, ctx, from, Some(&to.id), None)).map(|job| job.id)
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

fn call(world: &mut World, item: &RecordRef) -> RecordRef {
    world.create("activity", json!({"type": "call", "subject": "Call", "item": item}))
}

fn open(world: &World, item: &RecordRef) -> Vec<String> {
    world.get::<Lane>(&item.lane_key(TENANT)).unwrap().activities
}

#[test]
fn the_item_that_stays_has_the_tasks_of_the_one_that_went() {
    let mut world = World::new();
    let (from, to) = deals(&mut world);
    let other = world.create("deal", json!({"title": "Other", "pipeline": "sales"}));
    let one = world.create("task", json!({"title": "Measure", "items": [other, from]}));
    world.now = minute(1);
    let both = world.create("task", json!({"title": "Both", "items": [from, to]}));

    assert_eq!(merge(&mut world, &from, &to), None);
    assert_eq!(world.record(&one).fields["items"], json!([other, to]));
    assert_eq!(world.record(&both).fields["items"], json!([to]));
    assert_eq!(linked(&world, "task", &to), [one.id.clone(), both.id]);
    assert!(linked(&world, "task", &from).is_empty());

    let said = world.timeline(&to).pop().unwrap();
    assert_eq!((said.kind.as_str(), &said.data["tasks"]), ("merged", &json!(2)));

    let of_task = HistoryEntry::of_record(TENANT, &one);
    let mut places = world
        .rows
        .keys()
        .filter(|key| key.starts_with(&of_task))
        .map(|key| world.get::<HistoryPlace>(key).unwrap());
    let last = places
        .next_back()
        .map(|place| world.get::<HistoryEntry>(&place.key(TENANT)).unwrap())
        .unwrap();
    assert_eq!(
        (&last.data["before"]["items"], &last.data["after"]["items"]),
        (&json!([other, from]), &json!([other, to]))
    );
}

#[test]
fn a_status_of_a_task_that_was_handed_over_is_news_to_the_item_that_stays() {
    let mut world = World::new();
    let (from, to) = deals(&mut world);
    let task = world.create("task", json!({"title": "Measure", "items": [from]}));

    merge(&mut world, &from, &to);
    let done = json!({"status": "completed"}).as_object().unwrap().clone();
    world.ok(|tx, ctx| {
        stagewright_core::command::change_record::decide(tx, ctx, &task, &done, None)
    });

    assert_eq!(world.timeline(&to).pop().unwrap().text, "task completed: Measure");
}

#[test]
fn leaving_the_stage_completes_activities_that_were_handed_over() {
    let mut world = World::new();
    let (from, to) = deals(&mut world);
    let planned = call(&mut world, &from);

    merge(&mut world, &from, &to);
    assert_eq!((open(&world, &from), open(&world, &to)), (vec![], vec![planned.id.clone()]));
    assert_eq!(linked(&world, "activity", &to), std::slice::from_ref(&planned.id));

    world.ok(|tx, ctx| move_item::decide(tx, ctx, &to, "processed", None));
    assert_eq!(world.record(&planned).text("status"), "completed");
}

#[test]
fn activities_beyond_what_a_move_can_complete_are_to_be_completed_by_hand() {
    let mut world = World::new();
    let (from, to) = deals(&mut world);
    for _ in 0..99 {
        call(&mut world, &to);
    }

    let first = call(&mut world, &from);
    world.now = minute(1);
    let second = call(&mut world, &from);

    merge(&mut world, &from, &to);
    assert_eq!(open(&world, &to).len(), 100);

    let by_itself =
        |activity: &RecordRef| world.record(activity).fields["auto_complete"] == json!(true);
    assert_eq!((by_itself(&first), by_itself(&second)), (true, false));
}

#[test]
fn more_than_goes_into_one_commit_is_handed_over_by_a_job() {
    let mut world = World::new();
    let (from, to) = deals(&mut world);
    let more = HAND_OVER_MAX + 130;
    let tasks: Vec<RecordRef> = (0..more)
        .map(|_| world.create("task", json!({"title": "Measure", "items": [from]})))
        .collect();
    let calls: Vec<RecordRef> = (0..3).map(|_| call(&mut world, &from)).collect();

    let job = merge(&mut world, &from, &to).unwrap();
    assert_eq!(linked(&world, "task", &to).len(), HAND_OVER_MAX);

    // The item that stays is merged into yet another one before the job begins.
    let last = world.create("deal", json!({"title": "Roof", "pipeline": "sales"}));
    merge(&mut world, &to, &last);
    world.work();

    assert_eq!((world.job(&job).done, world.job(&job).ended_at), (130, Some(world.now)));
    assert_eq!(
        (linked(&world, "task", &last).len(), linked(&world, "activity", &last).len()),
        (more, calls.len())
    );
    assert!(linked(&world, "task", &from).is_empty() && linked(&world, "task", &to).is_empty());
    assert!(tasks.iter().all(|task| world.record(task).fields["items"] == json!([last])));
}

#[test]
fn what_is_left_when_the_item_that_stays_is_deleted_stays_where_it_is() {
    let mut world = World::new();
    let (from, to) = deals(&mut world);
    (0..HAND_OVER_MAX + 1)
        .for_each(|_| drop(world.create("task", json!({"title": "Measure", "items": [from]}))));

    let job = merge(&mut world, &from, &to).unwrap();
    world.ok(|tx, ctx| delete_record::decide(tx, ctx, &to, None, None));
    world.work();

    assert_eq!((world.job(&job).done, linked(&world, "task", &from).len()), (0, 1));
}

#[test]
fn the_files_go_with_the_item_that_stays_as_far_as_it_has_room() {
    let mut world = World::new();
    let (from, to) = deals(&mut world);
    let attach = |world: &mut World, to: &RecordRef| {
        let file = NewFile {
            name: "roof.jpg".into(),
            mime: "image/jpeg".into(),
            bytes: 3,
            sha256: "ab".repeat(32),
        };
        world.ok(|tx, ctx| attach_files::attach_new(tx, ctx, to, &file)).id
    };

    let first = attach(&mut world, &from);
    world.now = minute(1);
    let second = attach(&mut world, &from);
    (0..199).for_each(|_| drop(attach(&mut world, &to)));

    merge(&mut world, &from, &to);

    let on = |id: &str| world.get::<File>(&File::key(TENANT, id)).unwrap().on;
    assert_eq!((on(&first), on(&second)), (vec![to.clone()], vec![]));
    let prefix = File::of_record(TENANT, &from);
    assert!(!world.rows.keys().any(|key| key.starts_with(&prefix)));
}

#[test]
fn merging_contacts_hands_over_files_and_no_more() {
    let mut world = World::new();
    let mut contact = || world.create("contact", json!({"name": "Olha"}));
    let (from, to) = (contact(), contact());

    assert_eq!(merge(&mut world, &from, &to), None);

    let events = Key::new(TENANT, Table::Event, &[]);
    let events = world
        .rows
        .keys()
        .filter(|key| key.starts_with(&events))
        .map(|key| world.get::<Event>(key).unwrap());
    let changed: Vec<Value> =
        events.filter(|event| event.kind == "record.changed").map(|event| event.view()).collect();
    assert!(changed.is_empty() && world.record(&from).merged_into == Some(to.id));
}
