//! Files of records.

use serde_json::json;

use stagewright_core::command::attach_files::{self, Attached, Files, NewFile};
use stagewright_core::command::delete_record;
use stagewright_core::limits::LIST_MAX;
use stagewright_core::model::file::File;
use stagewright_core::model::plugin::Grant;
use stagewright_core::model::record::{IndexEntry, RecordRef};
use stagewright_core::refusal::Refusal;
use stagewright_core::scope::{Scope, Stop};

use crate::rules::world::{TENANT, World};

fn photo(name: &str) -> NewFile {
    NewFile { name: name.into(), mime: "image/png".into(), bytes: 3, sha256: "ab".repeat(32) }
}

fn attach(world: &mut World, to: &RecordRef, name: &str) -> Result<File, Refusal> {
    world.run(|tx, ctx| attach_files::attach_new(tx, ctx, to, &photo(name)))
}

fn files(world: &World, record: &RecordRef) -> Vec<String> {
    let prefix = File::of_record(TENANT, record);
    world
        .rows
        .keys()
        .filter(|key| key.starts_with(&prefix))
        .map(|key| world.get::<IndexEntry>(key).unwrap().id)
        .collect()
}

#[test]
fn a_deals_files_are_attached_to_a_task_once() {
    // S4-23
    let mut world = World::new();
    let deal = world.create("deal", json!({"title": "Roof", "pipeline": "sales"}));
    let task = world.create("task", json!({"title": "Measure", "items": [deal]}));
    for number in 0..12 {
        attach(&mut world, &deal, &format!("photo {number}.png")).unwrap();
    }

    let all = |world: &mut World| {
        world.ok(|tx, ctx| attach_files::decide(tx, ctx, &deal, &task, &Files::All))
    };

    assert_eq!(all(&mut world).files.len(), 12);
    assert_eq!(files(&world, &task).len(), 12);
    let file: File = world.get(&File::key(TENANT, &files(&world, &task)[0])).unwrap();
    assert_eq!(file.on, vec![deal.clone(), task.clone()]);

    assert_eq!(all(&mut world), Attached::default());
}

#[test]
fn only_the_files_that_are_named_are_attached() {
    let mut world = World::new();
    let deal = world.create("deal", json!({"title": "Roof", "pipeline": "sales"}));
    let task = world.create("task", json!({"title": "Measure"}));
    let (first, second) =
        (attach(&mut world, &deal, "a").unwrap(), attach(&mut world, &deal, "b").unwrap());

    let some = Files::Ids(vec![second.id.clone()]);
    assert_eq!(
        world.ok(|tx, ctx| attach_files::decide(tx, ctx, &deal, &task, &some)).files,
        vec![second.id]
    );

    let foreign = Files::Ids(vec![first.id, "another".into()]);
    let refusal =
        world.run(|tx, ctx| attach_files::decide(tx, ctx, &deal, &task, &foreign)).unwrap_err();
    assert_eq!(refusal.code, "not-found");
}

#[test]
fn a_record_has_no_more_files_than_can_be_attached_at_once() {
    let mut world = World::new();
    let task = world.create("task", json!({"title": "Measure"}));
    for _ in 0..200 {
        attach(&mut world, &task, "a").unwrap();
    }

    assert_eq!(attach(&mut world, &task, "a").unwrap_err().code, "file.too-many");

    for name in ["", " ", "a/b", "a\0b"] {
        assert_eq!(attach(&mut world, &task, name).unwrap_err().code, "file.invalid", "{name:?}");
    }
}

/// Has a robot make a task with the deal's files. Gives the task and the effects in words.
fn make_task(world: &mut World, deal: &RecordRef) -> (RecordRef, Vec<String>) {
    let grant = Grant { scopes: ["tasks.create".to_owned()].into(), ..Grant::default() };
    let mut scope = Scope::new(world.ctx(), Some(deal.clone()), grant, 10);
    let task = json!({"title": "Measure", "attach_files": true}).to_string();

    let id = loop {
        match scope.create_task(&task) {
            Ok(id) => break id,
            Err(Stop::Need(reads)) => {
                let found = reads.iter().map(|read| world.find(read)).collect();
                scope.loaded(reads, found);
            }
            Err(other) => panic!("{other:?}"),
        }
    };

    let recorded = scope.into_recorded();
    world.apply(&recorded.commit);
    (RecordRef::new("task", &id), recorded.effects)
}

#[test]
fn a_robot_makes_a_task_with_the_deals_files_in_one_effect() {
    // S4-19, S4-23
    let mut world = World::new();
    let deal = world.create("deal", json!({"title": "Roof", "pipeline": "sales"}));
    attach(&mut world, &deal, "photo.png").unwrap();

    let (task, effects) = make_task(&mut world, &deal);

    assert_eq!(effects, ["task created: Measure"]);
    assert_eq!(files(&world, &task), files(&world, &deal));
    assert_eq!(world.record(&task).fields["items"], json!([deal]));
}

#[test]
fn a_deal_goes_on_making_tasks_after_its_file_is_attached_to_as_many_as_may_be() {
    let mut world = World::new();
    let deal = world.create("deal", json!({"title": "Roof", "pipeline": "sales"}));
    attach(&mut world, &deal, "photo.png").unwrap();
    let tasks: Vec<RecordRef> = (0..LIST_MAX - 1).map(|_| make_task(&mut world, &deal).0).collect();

    attach(&mut world, &deal, "plan.png").unwrap();
    let (task, effects) = make_task(&mut world, &deal);
    let left_out = "task created: Measure; files left out, as each is attached to 200 records \
        already: photo.png";
    assert_eq!(effects, [left_out]);
    assert_eq!(files(&world, &task), files(&world, &deal)[1..]);

    world.ok(|tx, ctx| delete_record::decide(tx, ctx, &tasks[7], None, None));
    let (task, effects) = make_task(&mut world, &deal);
    assert_eq!(
        (effects.as_slice(), files(&world, &task).len()),
        (["task created: Measure".to_owned()].as_slice(), 2)
    );
    assert!(files(&world, &tasks[7]).is_empty());
}
