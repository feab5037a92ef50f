//! Tasks and activities: what they are linked to, and whom their changes concern.

use serde_json::{Value, json};
use stagewright_core::command::complete_tasks::Which;
use stagewright_core::command::step::{Planned, plan};
use stagewright_core::command::{change_record, complete_tasks, create_record, delete_record, move_item};
use stagewright_core::context::OpContext;
use stagewright_core::key::{Key, Queue, Table};
use stagewright_core::model::due::Due;
use stagewright_core::model::event::Event;
use stagewright_core::model::record::{IndexEntry, Lane, RecordRef, linked_to};
use stagewright_core::model::timeline::Entry;

use crate::world::{TENANT, World, minute, robot};

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
    world.rows.keys().filter(|key| key.starts_with(&prefix)).map(|key| world.get::<Entry>(key).unwrap().text).collect()
}

fn events(world: &World, kind: &str) -> Vec<Event> {
    let prefix = Key::new(TENANT, Table::Event, &[]);
    let all = world.rows.keys().filter(|key| key.starts_with(&prefix)).map(|key| world.get::<Event>(key).unwrap());
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
    world.rows.keys().filter(|key| key.starts_with(&prefix)).map(|key| world.get::<IndexEntry>(key).unwrap().id).collect()
}

/// The context of the step that is due first: what the host decides a robot's effects under.
fn as_first_robot(world: &mut World) -> OpContext {
    let (_, Due::Step { run, step, .. }) = world.due(Queue::Step).into_iter().next().unwrap() else { panic!() };
    let Planned::Call(planned) = world.ok(|tx, ctx| plan(tx, ctx, &run, &step)) else { panic!() };
    planned.ctx
}

/// A deal on `new` whose robot `make` made a task called "Call", linked to the deal and to another one.
fn robots_task(world: &mut World) -> (RecordRef, RecordRef, RecordRef) {
    world.automate("new", json!([robot("make", "a", json!({}))]), json!([]));
    let other = world.create("lead", json!({"title": "Other", "pipeline": "leads"}));
    let item = deal(world);
    world.dispatch_quietly();
    let ctx = as_first_robot(world);
    let fields = json!({"title": "Call", "items": [item, other]}).as_object().unwrap().clone();
    let (task, _) = world.run_as(&ctx, |tx, ctx| create_record::decide(tx, ctx, "task", &fields)).unwrap();
    (item, other, task.key)
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
    assert_eq!((&event.payload["from"], &event.payload["to"]), (&json!("new"), &json!("completed")));
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
fn a_robots_task_remembers_robot_pipeline_stage_and_run() {
    // S4-24
    let mut world = World::new();
    world.pipeline_of_leads();
    let (_, _, task) = robots_task(&mut world);
    let run = world.runs().remove(0).id;
    let by = json!({"automation": "new", "robot": "make", "pipeline": "sales", "stage": "new", "run": run});
    assert_eq!(world.record(&task).fields["made_by"], by);
}

#[test]
fn what_a_robot_does_with_a_task_is_no_news_to_its_own_item() {
    // S4-38
    let mut world = World::new();
    world.pipeline_of_leads();
    let (item, other, task) = robots_task(&mut world);
    assert_eq!(told(&world, "task.created"), vec![other.clone()]);
    let mut ctx = as_first_robot(&mut world);
    ctx = ctx.part(7);
    let fields = json!({"status": "completed"}).as_object().unwrap().clone();
    world.run_as(&ctx, |tx, ctx| change_record::decide(tx, ctx, &task, &fields, None)).unwrap();
    assert_eq!(told(&world, "task.status_changed"), vec![other]);
    assert_eq!(timeline(&world, &item).last().unwrap(), "task completed: Call");
}

#[test]
fn completing_tasks_leaves_those_of_people_of_other_stages_and_of_itself_alone() {
    // S4-32 to S4-37
    let mut world = World::new();
    world.pipeline_of_leads();
    let (item, _, task) = robots_task(&mut world);
    let by_hand = world.create("task", json!({"title": "By hand", "items": [item]}));
    world.dispatch_quietly();
    let itself = as_first_robot(&mut world).part(8);
    let all = Which::default();
    assert!(world.run_as(&itself, |tx, ctx| complete_tasks::decide(tx, ctx, &item, &all)).unwrap().is_empty());
    world.automate("won", json!([robot("finish", "a", json!({}))]), json!([]));
    world.ok(|tx, ctx| move_item::decide(tx, ctx, &item, "won", None));
    world.dispatch_quietly();
    let ctx = as_first_robot(&mut world);
    let elsewhere = Which { pipeline: Some("sales".into()), stages: vec!["processed".into()] };
    assert!(world.run_as(&ctx, |tx, ctx| complete_tasks::decide(tx, ctx, &item, &elsewhere)).unwrap().is_empty());
    let here = Which { pipeline: Some("sales".into()), stages: vec!["processed".into(), "new".into()] };
    let done = world.run_as(&ctx, |tx, ctx| complete_tasks::decide(tx, ctx, &item, &here)).unwrap();
    assert_eq!(done, vec![task.id]);
    assert_eq!(world.record(&by_hand).text("status"), "new");
    assert_eq!(timeline(&world, &item).last().unwrap(), "task completed: Call");
    let again = world.run_as(&ctx.part(9), |tx, ctx| complete_tasks::decide(tx, ctx, &item, &here)).unwrap();
    assert!(again.is_empty());
}

#[test]
fn twelve_tasks_are_completed_in_one_decision() {
    let mut world = World::new();
    world.pipeline_of_leads();
    let (item, ..) = robots_task(&mut world);
    let ctx = as_first_robot(&mut world);
    for number in 0..12 {
        let fields = json!({"title": "More", "items": [item]}).as_object().unwrap().clone();
        world.run_as(&ctx.part(20 + number), |tx, ctx| create_record::decide(tx, ctx, "task", &fields)).unwrap();
    }
    let done = world.ok(|tx, ctx| complete_tasks::decide(tx, ctx, &item, &Which::default()));
    assert_eq!(done.len(), 13);
}

#[test]
fn leaving_the_stage_completes_activities_that_are_to_be() {
    // S4-45
    let mut world = World::new();
    let item = deal(&mut world);
    let open = json!({"type": "call", "subject": "Call back", "item": item, "due": "2026-11-23T10:00:00Z"});
    let call = world.create("activity", open);
    let by_hand = json!({"type": "meeting", "subject": "Meet", "item": item, "auto_complete": false});
    let meeting = world.create("activity", by_hand);
    assert_eq!(world.record(&call).text("status"), "planned");
    assert_eq!(linked(&world, "activity", &item).len(), 2);
    world.now = minute(5);
    world.ok(|tx, ctx| move_item::decide(tx, ctx, &item, "processed", None));
    assert_eq!(world.record(&call).text("status"), "completed");
    assert_eq!(world.record(&call).moment("completed_at"), Some(minute(5)));
    assert_eq!(world.record(&meeting).text("status"), "planned");
    assert_eq!(timeline(&world, &item).last().unwrap(), "activity completed: Call back");
    assert_eq!(told(&world, "activity.completed"), vec![item.clone()]);
    assert!(world.get::<Lane>(&item.lane_key(TENANT)).unwrap().activities.is_empty());
    world.ok(|tx, ctx| move_item::decide(tx, ctx, &item, "new", None));
    assert_eq!(events(&world, "activity.completed").len(), 1);
}

#[test]
fn an_activity_that_is_over_is_not_completed_again_by_leaving() {
    let mut world = World::new();
    let item = deal(&mut world);
    let done = world.create("activity", json!({"type": "call", "subject": "Done", "item": item}));
    let gone = world.create("activity", json!({"type": "call", "subject": "Gone", "item": item}));
    let kept = world.create("activity", json!({"type": "call", "subject": "Kept", "item": item}));
    change(&mut world, &done, json!({"status": "completed"}));
    change(&mut world, &kept, json!({"auto_complete": false}));
    world.ok(|tx, ctx| delete_record::decide(tx, ctx, &gone, None, None));
    assert!(world.get::<Lane>(&item.lane_key(TENANT)).unwrap().activities.is_empty());
    world.ok(|tx, ctx| move_item::decide(tx, ctx, &item, "processed", None));
    assert_eq!(events(&world, "activity.completed").len(), 1);
    assert_eq!(world.record(&kept).text("status"), "planned");
}

#[test]
fn an_activity_that_goes_to_another_item_is_completed_with_that_one() {
    let mut world = World::new();
    let (first, second) = (deal(&mut world), deal(&mut world));
    let call = world.create("activity", json!({"type": "call", "subject": "Call", "item": first}));
    change(&mut world, &call, json!({"item": second}));
    world.ok(|tx, ctx| move_item::decide(tx, ctx, &first, "processed", None));
    assert_eq!(world.record(&call).text("status"), "planned");
    world.ok(|tx, ctx| move_item::decide(tx, ctx, &second, "processed", None));
    assert_eq!(world.record(&call).text("status"), "completed");
}

#[test]
fn an_item_has_no_more_open_activities_than_a_move_can_complete() {
    let mut world = World::new();
    let item = deal(&mut world);
    let call = json!({"type": "call", "subject": "Call", "item": item});
    for _ in 0..100 {
        world.create("activity", call.clone());
    }
    assert_eq!(refused(&mut world, "activity", call), ("activity.too-many", "fields.item".into()));
    world.ok(|tx, ctx| move_item::decide(tx, ctx, &item, "processed", None));
    assert_eq!(events(&world, "activity.completed").len(), 100);
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
    assert_eq!(task(json!({"deadline": "2026-02-30T10:00:00Z"})), say("record.wrong-type", "fields.deadline"));
    assert_eq!(task(json!({"responsible": person.id})), say("record.inactive-user", "fields.responsible"));
    assert_eq!(task(json!({"group": "roofers"})), say("record.dangling-link", "fields.group"));
    assert_eq!(task(json!({"status": "done"})), say("record.wrong-type", "fields.status"));
    assert_eq!(task(json!({"items": [{"kind": "deal", "id": "nobody"}]})), say("record.dangling-link", "fields.items[0]"));
    assert_eq!(
        task(json!({"items": [item, {"kind": "user", "id": person.id}]})),
        say("record.not-an-item", "fields.items[1].kind")
    );
    assert_eq!(task(json!({"checklist": [{"text": ""}]})), say("record.wrong-type", "fields.checklist[0]"));
    assert_eq!(task(json!({"checklist": [{"text": "x".repeat(501)}]})), say("record.too-long", "fields.checklist[0].text"));
    let long: Vec<Value> = (0..201).map(|_| json!({"text": "x"})).collect();
    assert_eq!(task(json!({ "checklist": long })), say("record.too-long", "fields.checklist"));
    assert_eq!(task(json!({"made_by": {}})), say("record.unknown-field", "fields.made_by"));
    assert_eq!(
        refused(&mut world, "activity", json!({"type": "call", "subject": "x"})),
        say("record.missing-field", "fields.item")
    );
}

#[test]
fn a_task_that_was_declined_stays_so_and_a_deferred_one_is_completed() {
    let mut world = World::new();
    world.pipeline_of_leads();
    let (item, _, declined) = robots_task(&mut world);
    let ctx = as_first_robot(&mut world);
    let fields = json!({"title": "Later", "items": [item]}).as_object().unwrap().clone();
    let (deferred, _) = world.run_as(&ctx.part(20), |tx, ctx| create_record::decide(tx, ctx, "task", &fields)).unwrap();
    change(&mut world, &declined, json!({"status": "declined"}));
    change(&mut world, &deferred.key, json!({"status": "deferred"}));
    let done = world.ok(|tx, ctx| complete_tasks::decide(tx, ctx, &item, &Which::default()));
    assert_eq!((done, world.record(&declined).text("status")), (vec![deferred.key.id], "declined"));
}
