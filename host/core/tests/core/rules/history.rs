//! The history and notifications.

use serde_json::{Value, json};

use stagewright_core::command::step::{Planned, plan};
use stagewright_core::command::write_history::{self, Entry};
use stagewright_core::command::{change_record, delete_record, move_item, notify};
use stagewright_core::context::{Actor, OpContext};
use stagewright_core::key::{Key, Queue, Table};
use stagewright_core::model::due::Due;
use stagewright_core::model::history::{EntryType, HistoryEntry, HistoryPlace};
use stagewright_core::model::notification::Notification;
use stagewright_core::model::record::RecordRef;

use crate::rules::world::{TENANT, World, minute, robot};

/// Every entry of one type, oldest first.
fn entries(world: &World, kind: EntryType) -> Vec<HistoryEntry> {
    let prefix = HistoryEntry::range(TENANT, kind);
    world
        .rows
        .keys()
        .filter(|key| key.starts_with(&prefix))
        .map(|key| world.get(key).unwrap())
        .collect()
}

/// The entries of one record by its index.
fn of_record(world: &World, record: &RecordRef) -> Vec<HistoryEntry> {
    let prefix = HistoryEntry::of_record(TENANT, record);
    let places = world
        .rows
        .keys()
        .filter(|key| key.starts_with(&prefix))
        .map(|key| world.get::<HistoryPlace>(key).unwrap());
    places.map(|place| world.get(&place.key(TENANT)).unwrap()).collect()
}

fn notifications(world: &World) -> Vec<Notification> {
    let prefix = Key::new(TENANT, Table::Notification, &[]);
    world
        .rows
        .keys()
        .filter(|key| key.starts_with(&prefix))
        .map(|key| world.get(key).unwrap())
        .collect()
}

/// A deal of Ira's whose robot `write` is due, and that robot's context.
fn deal_with_robot(world: &mut World) -> (RecordRef, String, OpContext) {
    world.automate("new", json!([robot("write", "a", json!({"on_leave": "keep"}))]), json!([]));
    let ira = world.create("user", json!({"name": "Ira"})).id;
    let item =
        world.create("deal", json!({"title": "Roof", "pipeline": "sales", "responsible": ira}));

    world.dispatch_quietly();
    let (_, Due::Step { run, step, .. }) = world.due(Queue::Step).into_iter().next().unwrap()
    else {
        panic!()
    };
    let Planned::Call(planned) = world.ok(|tx, ctx| plan(tx, ctx, &run, &step)) else { panic!() };
    (item, ira, planned.ctx)
}

fn write(world: &mut World, ctx: &OpContext, item: &RecordRef, author: Option<&str>) {
    let entry = Entry { text: "Not moved within a day".into(), author: author.map(str::to_owned) };
    world.run_as(ctx, |tx, ctx| write_history::decide(tx, ctx, item, &entry)).unwrap();
}

#[test]
fn what_happens_to_a_record_is_in_its_history() {
    // S4-48
    let mut world = World::new();
    let item = world.create("deal", json!({"title": "Roof", "pipeline": "sales"}));

    world.now = minute(1);
    let amount = json!({"amount": "100"}).as_object().unwrap().clone();
    world.ok(|tx, ctx| change_record::decide(tx, ctx, &item, &amount, None));
    world.now = minute(2);
    world.ok(|tx, ctx| move_item::decide(tx, ctx, &item, "processed", None));
    world.now = minute(3);
    let other = world.create("deal", json!({"title": "Same roof", "pipeline": "sales"}));
    world.ok(|tx, ctx| delete_record::decide(tx, ctx, &item, Some(&other.id), None));

    let told: Vec<(EntryType, String, Value)> = of_record(&world, &item)
        .into_iter()
        .map(|entry| (entry.kind, entry.text, Value::Object(entry.data)))
        .collect();

    let expected = vec![
        (EntryType::Created, "created: Roof".to_owned(), json!({})),
        (
            EntryType::Changed,
            "changed amount".to_owned(),
            json!({"before": {"amount": null}, "after": {"amount": "100"}}),
        ),
        (
            EntryType::StageChanged,
            "moved to Processed".to_owned(),
            json!({"before": {"stage": "new"}, "after": {"stage": "processed"}}),
        ),
        (EntryType::Deleted, format!("merged into {}", other.id), json!({"merged_into": other.id})),
    ];

    assert_eq!(told, expected);
    assert_eq!(entries(&world, EntryType::Merged)[0].item, other);
}

#[test]
fn records_of_every_kind_have_a_history() {
    let mut world = World::new();
    let user = world.create("user", json!({"name": "Ira"}));

    assert_eq!(of_record(&world, &user)[0].text, "created: Ira");
    assert_eq!(of_record(&world, &user)[0].responsible, None);
}

#[test]
fn a_robots_entry_stores_author_responsible_robot_and_stage() {
    // S4-14, S4-16
    let mut world = World::new();
    let (item, ira, ctx) = deal_with_robot(&mut world);
    let boss = world.create("user", json!({"name": "Boss"})).id;
    // The deal moves on first, so that the entry must name the stage of the robot and not the
    // deal's.
    world.ok(|tx, ctx| move_item::decide(tx, ctx, &item, "processed", None));

    write(&mut world, &ctx, &item, Some(&boss));

    let entry = entries(&world, EntryType::Information).remove(0);
    assert_eq!((entry.author.as_ref(), entry.responsible.as_ref()), (Some(&boss), Some(&ira)));
    assert_eq!(
        (entry.by.robot.as_deref(), entry.by.stage.as_deref()),
        (Some("write"), Some("new"))
    );
    assert_eq!(
        (entry.by.pipeline.as_deref(), entry.by.run.as_ref()),
        (Some("sales"), Some(&world.runs()[0].id))
    );
}

#[test]
fn an_entry_keeps_who_was_responsible_then() {
    // S4-16: violations are counted by employee, although the supervisor is the author
    let mut world = World::new();
    let (item, ira, ctx) = deal_with_robot(&mut world);
    write(&mut world, &ctx, &item, None);

    let petro = world.create("user", json!({"name": "Petro"})).id;
    let responsible = json!({"responsible": petro}).as_object().unwrap().clone();
    world.ok(|tx, ctx| change_record::decide(tx, ctx, &item, &responsible, None));
    write(&mut world, &ctx.part(1), &item, None);

    let of: Vec<Option<String>> = entries(&world, EntryType::Information)
        .into_iter()
        .map(|entry| entry.responsible)
        .collect();
    assert_eq!(of, vec![Some(ira), Some(petro)]);
}

#[test]
fn a_move_by_a_robot_names_the_robot_and_the_stage_it_ran_on() {
    let mut world = World::new();
    let (item, _, ctx) = deal_with_robot(&mut world);

    world.run_as(&ctx, |tx, ctx| move_item::decide(tx, ctx, &item, "won", None)).unwrap();

    let entry = entries(&world, EntryType::StageChanged).remove(0);
    assert_eq!(
        (entry.by.automation.as_deref(), entry.by.robot.as_deref()),
        (Some("new"), Some("write"))
    );
    assert_eq!(entry.by.stage.as_deref(), Some("new"));
    assert!(matches!(entry.actor, Actor::Automation { .. }));
}

#[test]
fn an_entry_that_makes_no_sense_is_refused() {
    let mut world = World::new();
    let item = world.create("deal", json!({"title": "Roof", "pipeline": "sales"}));
    let left = world.create("user", json!({"name": "Left", "active": false})).id;

    let mut refused = |text: String, author: Option<String>| {
        let entry = Entry { text, author };
        world.run(|tx, ctx| write_history::decide(tx, ctx, &item, &entry)).unwrap_err().code
    };

    assert_eq!(refused(" ".into(), None), "history.invalid");
    assert_eq!(refused("x".repeat(20_001), None), "history.invalid");
    assert_eq!(refused("x".into(), Some(left)), "record.inactive-user");
}

#[test]
fn everybody_is_notified_once() {
    // S4-05, S4-10
    let mut world = World::new();
    let item = world.create("deal", json!({"title": "Roof", "pipeline": "sales"}));
    let people: Vec<String> =
        (0..12).map(|n| world.create("user", json!({"name": format!("U{n}")})).id).collect();
    let twice: Vec<String> = people.iter().chain(&people).cloned().collect();

    let ids = world.ok(|tx, ctx| {
        notify::decide(tx, ctx, Some(&item), &twice, "Look at this", Some(&people[0]))
    });

    assert_eq!(ids.len(), 12);
    let all = notifications(&world);
    assert_eq!(all.len(), 12);
    assert!(all.iter().all(|one| one.item.as_ref() == Some(&item)
        && one.author.as_ref() == Some(&people[0])
        && one.read_at.is_none()));
}

#[test]
fn a_notification_that_reaches_nobody_is_refused_by_name() {
    let mut world = World::new();
    let left = world.create("user", json!({"name": "Left", "active": false})).id;

    let mut refused = |users: Vec<String>, text: String| {
        let refusal =
            world.run(|tx, ctx| notify::decide(tx, ctx, None, &users, &text, None)).unwrap_err();
        (refusal.code, refusal.field.unwrap_or_default(), refusal.message)
    };

    let (code, field, message) = refused(vec![left.clone()], "x".into());
    assert_eq!((code, field.as_str()), ("record.inactive-user", "to"));
    assert!(message.contains(&left), "{message}");

    assert_eq!(refused(vec!["nobody".into()], "x".into()).0, "record.dangling-link");
    assert_eq!(refused(Vec::new(), "x".into()).0, "notification.invalid");
    assert_eq!(refused(vec![left], "x".repeat(4_097)).0, "notification.invalid");
}

#[test]
fn entries_of_one_moment_keep_their_order() {
    let mut world = World::new();
    let item = world.create("deal", json!({"title": "Roof", "pipeline": "sales"}));
    let task = world.create("task", json!({"title": "Measure", "items": [item]}));

    let texts = |world: &World, record: &RecordRef| {
        of_record(world, record).into_iter().map(|e| e.text).collect::<Vec<_>>()
    };

    let ctx = world.ctx();
    write(&mut world, &ctx, &item, None);
    for stage in ["processed", "won", "new"] {
        world.ok(|tx, ctx| move_item::decide(tx, ctx, &item, stage, None));
    }
    for status in ["in_progress", "completed", "new"] {
        let fields = json!({"status": status, "title": status}).as_object().unwrap().clone();
        world.ok(|tx, ctx| change_record::decide(tx, ctx, &task, &fields, None));
    }
    write(&mut world, &ctx.part(1), &task, None);

    let of_item = [
        "created: Roof",
        "Not moved within a day",
        "moved to Processed",
        "moved to Won",
        "moved to New",
    ];
    assert_eq!(texts(&world, &item), of_item);

    let of_task = texts(&world, &task);
    assert_eq!(
        (of_task[0].as_str(), of_task[4].as_str()),
        ("created: Measure", "Not moved within a day")
    );

    let last = of_record(&world, &task).remove(3);
    assert_eq!(last.data["after"]["status"], json!("new"));
}
