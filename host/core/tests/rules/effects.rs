//! What robots record, and what becomes of it in one commit with their step.

use serde_json::{Map, json};
use stagewright_core::call::Usage;
use stagewright_core::command::step::{Ending, Planned, plan, settle};
use stagewright_core::command::{create_record, invoke_robot};
use stagewright_core::context::OpContext;
use stagewright_core::key::{Key, Queue, Table};
use stagewright_core::model::due::Due;
use stagewright_core::model::notification::Notification;
use stagewright_core::model::plugin::Grant;
use stagewright_core::model::record::RecordRef;
use stagewright_core::model::run::{Attempt, StepState};
use stagewright_core::read::Reads;
use stagewright_core::scope::{HostError, Scope, Stop};
use stagewright_core::tx::{Decision, decide_over};

use crate::world::{TENANT, World, minute, robot};

/// Every permission that these robots need.
const SCOPES: [&str; 10] = [
    "records.write:*",
    "records.move:*",
    "records.assign:*",
    "tasks.create",
    "tasks.complete",
    "activities.write",
    "history.write",
    "notify.send",
    "records.read:*",
    "directory.read",
];

/// A deal for which robots of stage `new` run.
pub(crate) fn deal(world: &mut World, robots: serde_json::Value) -> RecordRef {
    let boss = world.create("user", json!({"name": "Taras"}));
    let sales = world.create("department", json!({"name": "Sales", "head": boss.id}));
    let user = world.create("user", json!({"name": "Olha", "department": sales.id}));
    world.automate("new", robots, json!([]));
    let item = world.create("deal", json!({"title": "Roof", "pipeline": "sales", "responsible": user.id}));
    world.dispatch_quietly();
    item
}

/// Carries out the step that is due first, its robot doing `work`, and commits both together.
pub(crate) fn act<T>(world: &mut World, mut work: impl FnMut(&mut Scope) -> Result<T, Stop>) -> Result<T, HostError> {
    let (_, Due::Step { run, step, .. }) = world.due(Queue::Step).into_iter().next().unwrap() else { panic!() };
    let ctx = OpContext::system(TENANT, &["step", &run, &step], world.now);
    let Planned::Call(planned) = world.run_as(&ctx, |tx, ctx| plan(tx, ctx, &run, &step)).unwrap() else { panic!() };
    let grant = Grant { scopes: SCOPES.map(str::to_owned).into(), ..Grant::default() };
    let scope = Scope::new(planned.ctx.clone(), Some(planned.item.key), grant, 10);
    let mut scope = scope.for_step(&run, &step, &planned.context.step_id, Some(planned.epoch));
    let answer = loop {
        match work(&mut scope) {
            Ok(answer) => break answer,
            Err(Stop::Refused(refusal)) => return Err(refusal),
            Err(Stop::Damaged(reason)) => panic!("{reason}"),
            Err(Stop::Need(reads)) => {
                let found = reads.iter().map(|read| world.find(read)).collect();
                scope.loaded(reads, found);
            }
        }
    };
    let recorded = scope.into_recorded();
    let attempt = Attempt { at: world.now, version: "1.2.3".into(), usage: Usage::default(), log: Vec::new(), error: None };
    let ending =
        Ending::Done { results: Map::new(), effects: recorded.effects, deliveries: recorded.deliveries, until: recorded.until };
    let mut reads: Reads = recorded.reads;
    loop {
        let settled = decide_over(&reads, &recorded.commit, |tx| {
            settle(tx, &planned.ctx.part(usize::MAX), (&run, &step), ending.clone(), attempt.clone(), None)
        });
        match settled {
            Decision::Done(commit, ()) => {
                world.apply(&recorded.commit.then(commit).unwrap());
                return Ok(answer);
            }
            Decision::Need(needs) => needs.into_iter().for_each(|read| drop(reads.insert(read.clone(), world.find(&read)))),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_robot_that_moves_its_item_is_done_and_what_waits_behind_it_is_cancelled() {
    let mut world = World::new();
    let later = robot("later", "x", json!({"run": {"after": "1d"}}));
    let item =
        deal(&mut world, json!([robot("mover", "x", json!({})), later, robot("last", "x", json!({"after_previous": true}))]));

    assert_eq!(act(&mut world, |scope| scope.move_to(None, "won")), Ok(true));

    assert_eq!(world.record(&item).text("stage"), "won");
    let run = world.runs().remove(0);
    let cancelled = StepState::Cancelled { reason: "stage_left".into() };
    assert_eq!(
        run.steps.iter().map(|step| step.state.clone()).collect::<Vec<_>>(),
        [StepState::Done, cancelled.clone(), cancelled]
    );
    assert_eq!(run.steps[0].effects, ["moved to won"]);
    assert!(run.ended_at.is_some() && world.due(Queue::Step).is_empty());
}

#[test]
fn a_robot_that_moves_its_item_to_where_it_stands_changes_nothing() {
    let mut world = World::new();
    deal(&mut world, json!([robot("mover", "x", json!({}))]));

    assert_eq!(act(&mut world, |scope| scope.move_to(None, "new")), Ok(false));

    assert_eq!(world.runs()[0].steps[0].effects, ["stands on new already"]);
}

#[test]
fn values_from_templates_become_what_the_fields_hold() {
    let mut world = World::new();
    let item = deal(&mut world, json!([robot("writer", "x", json!({}))]));

    act(&mut world, |scope| scope.update(None, r#"{"amount": " 12.50 ", "close_at": "", "comment": " as it is "}"#)).unwrap();

    let item = world.record(&item);
    assert_eq!((item.text("amount"), item.text("comment"), item.fields.get("close_at")), ("12.50", " as it is ", None));
    assert_eq!(world.runs()[0].steps[0].effects, ["changed amount, close_at, comment"]);
}

#[test]
fn a_value_that_does_not_fit_names_the_field() {
    let mut world = World::new();
    deal(&mut world, json!([robot("writer", "x", json!({}))]));

    let refusal = act(&mut world, |scope| scope.update(None, r#"{"amount": "much"}"#)).unwrap_err();

    assert_eq!((refusal.code, refusal.subject.as_deref()), ("invalid", Some("fields.amount")));
    let refusal = act(&mut world, |scope| scope.update(None, r#"{"stage": "won"}"#)).unwrap_err();
    assert!(refusal.message.contains("/move"), "{refusal:?}");
}

#[test]
fn a_task_remembers_the_robot_that_made_it_and_another_robot_completes_it() {
    let mut world = World::new();
    let item = deal(&mut world, json!([robot("maker", "x", json!({})), robot("closer", "x", json!({"run": {"after": "1d"}}))]));

    let task = act(&mut world, |scope| scope.create_task(r#"{"title": "Call", "priority": "high"}"#)).unwrap();
    let task = RecordRef::new("task", &task);
    let made = world.record(&task);
    assert_eq!(made.fields["items"], json!([item]));
    assert_eq!((&made.fields["made_by"]["robot"], &made.fields["made_by"]["stage"]), (&json!("maker"), &json!("new")));

    world.dispatch_quietly();
    world.now = minute(24 * 60);
    let elsewhere = act(&mut world, |scope| scope.complete_tasks(r#"{"stages": ["won"]}"#)).unwrap();
    assert!(elsewhere.is_empty());
    assert_eq!(world.record(&task).text("status"), "new");
}

#[test]
fn tasks_made_at_the_chosen_stages_are_completed() {
    let mut world = World::new();
    deal(&mut world, json!([robot("maker", "x", json!({})), robot("closer", "x", json!({"run": {"after": "1d"}}))]));
    let task = act(&mut world, |scope| scope.create_task(r#"{"title": "Call"}"#)).unwrap();
    world.dispatch_quietly();
    world.now = minute(24 * 60);

    let completed = act(&mut world, |scope| scope.complete_tasks(r#"{"pipeline": "sales", "stages": ["new"]}"#));

    assert_eq!(completed, Ok(vec![task.clone()]));
    assert_eq!(world.record(&RecordRef::new("task", &task)).text("status"), "completed");
    assert_eq!(world.runs()[0].steps[1].effects, ["tasks completed: 1"]);
}

#[test]
fn a_task_that_is_not_linked_belongs_to_no_item() {
    let mut world = World::new();
    deal(&mut world, json!([robot("maker", "x", json!({}))]));

    let task = act(&mut world, |scope| scope.create_task(r#"{"title": "Call", "link": false}"#)).unwrap();

    assert_eq!(world.record(&RecordRef::new("task", &task)).fields.get("items"), None);
}

#[test]
fn an_activity_is_planned_for_the_item() {
    let mut world = World::new();
    let item = deal(&mut world, json!([robot("planner", "x", json!({}))]));

    let json = r#"{"type": "meeting", "subject": "Measure", "due": "2026-11-22T13:44:00+02:00", "auto_complete": false}"#;
    let activity = act(&mut world, |scope| scope.schedule(json)).unwrap();

    let activity = world.record(&RecordRef::new("activity", &activity));
    assert_eq!((activity.text("due"), &activity.fields["item"]), ("2026-11-22T11:44:00.000Z", &json!(item)));
    assert_eq!(activity.fields["auto_complete"], json!(false));
    assert_eq!(world.runs()[0].steps[0].effects, ["meeting planned: Measure, due 2026-11-22T11:44:00.000Z"]);
}

#[test]
fn working_time_is_counted_by_the_tenants_calendar() {
    let mut world = World::new();
    let week = json!({"mon": ["09:00-18:00"], "tue": ["09:00-18:00"]});
    let calendar = json!({"name": "Office", "time_zone": "Europe/Kyiv", "week": week});
    world.ok(|tx, ctx| {
        let calendar = serde_json::from_value(calendar.clone()).unwrap();
        stagewright_core::command::put_calendar::decide(tx, ctx, "default", calendar, None)
    });
    deal(&mut world, json!([robot("counter", "x", json!({}))]));

    // Monday 17:00 in Kyiv, two hours of working time: Tuesday 10:00.
    let count = r#"{"from": "2026-11-23T15:00:00Z", "add": "2h", "working": "count"}"#;
    assert_eq!(act(&mut world, |scope| scope.shift(count)).as_deref(), Ok("2026-11-24T08:00:00.000Z"));
}

#[test]
fn working_time_may_be_shifted_to_and_counted_backwards() {
    let mut world = World::new();
    let calendar = json!({"name": "Office", "time_zone": "Europe/Kyiv", "week": {"mon": ["09:00-18:00"], "tue": ["09:00-18:00"]}});
    world.ok(|tx, ctx| {
        let calendar = serde_json::from_value(calendar.clone()).unwrap();
        stagewright_core::command::put_calendar::decide(tx, ctx, "default", calendar, None)
    });
    deal(&mut world, json!([robot("counter", "x", json!({}))]));

    let answers = act(&mut world, |scope| {
        let shift =
            scope.shift(r#"{"from": "2026-11-23T15:00:00Z", "add": "2h", "working": "shift", "calendar": "responsible"}"#)?;
        let back = scope.shift(r#"{"from": "2026-11-24T08:00:00Z", "add": "-2h", "working": "count", "calendar": "line"}"#)?;
        Ok([shift, back])
    });
    assert_eq!(answers.unwrap(), ["2026-11-24T07:00:00.000Z", "2026-11-23T15:00:00.000Z"]);
}

#[test]
fn a_calendar_that_is_not_there_is_refused() {
    let mut world = World::new();
    deal(&mut world, json!([robot("counter", "x", json!({}))]));

    let missing = act(&mut world, |scope| scope.shift(r#"{"working": "count", "calendar": "night"}"#)).unwrap_err();

    assert_eq!(missing.code, "invalid");
    assert!(missing.message.contains("`night`"), "{missing:?}");
}

#[test]
fn names_and_texts_that_robots_give_are_cut_and_it_is_said() {
    let mut world = World::new();
    let item = deal(&mut world, json!(["a", "b", "c"].map(|id| robot(id, "x", json!({})))));
    let (title, text) = ("Дах".repeat(100), "x".repeat(5_000));
    let user = world.record(&item).text("responsible").to_owned();

    let task = act(&mut world, |scope| scope.create_task(&json!({"title": title}).to_string())).unwrap();
    let call = act(&mut world, |scope| scope.schedule(&json!({"type": "call", "subject": title}).to_string())).unwrap();
    world.dispatch_quietly();
    act(&mut world, |scope| scope.notify(&json!({"to": [user], "text": text}).to_string())).unwrap();

    let task = world.record(&RecordRef::new("task", &task));
    assert_eq!(task.text("title"), format!("{}Д…", "Дах".repeat(66)));
    assert_eq!(world.record(&RecordRef::new("activity", &call)).text("subject"), task.text("title"));
    let effects: Vec<String> = world.runs()[0].steps.iter().flat_map(|step| step.effects.clone()).collect();
    assert_eq!(effects.len(), 3);
    let ends = ["title cut to 200 characters", "subject cut to 200 characters", "text cut to 4096 characters"];
    assert!(effects.iter().zip(ends).all(|(effect, end)| effect.ends_with(&format!("; {end}"))), "{effects:?}");
    let prefix = Key::new(TENANT, Table::Notification, &[]);
    let told = world.rows.keys().find(|key| key.starts_with(&prefix)).and_then(|key| world.get::<Notification>(key)).unwrap();
    assert_eq!((told.text.chars().count(), told.text.ends_with("x…")), (4_096, true));
    let by_hand = json!({"title": title}).as_object().unwrap().clone();
    let refusal = world.run(|tx, ctx| create_record::decide(tx, ctx, "task", &by_hand)).unwrap_err();
    assert_eq!(refusal.code, "record.too-long");
}

#[test]
fn a_blank_point_is_left_out_and_a_long_one_cut_and_the_task_is_made_all_the_same() {
    let mut world = World::new();
    deal(&mut world, json!([robot("a", "x", json!({})), robot("b", "x", json!({}))]));
    let points = json!([{"text": "Call"}, {"text": "", "done": false}, {"text": " \n"}, {"text": "ї".repeat(501), "done": true}]);

    let made = act(&mut world, |scope| scope.create_task(&json!({"title": "Roof", "checklist": points}).to_string())).unwrap();
    let bare = json!({"title": "Bare", "checklist": [{"text": " "}]}).to_string();
    let bare = act(&mut world, |scope| scope.create_task(&bare)).unwrap();

    let checklist = |id: &str| world.record(&RecordRef::new("task", id)).fields["checklist"].clone();
    let cut = format!("{}…", "ї".repeat(499));
    assert_eq!(checklist(&made), json!([{"text": "Call", "done": false}, {"text": cut, "done": true}]));
    assert_eq!(checklist(&bare), json!([]));
    let effects: Vec<String> = world.runs()[0].steps.iter().flat_map(|step| step.effects.clone()).collect();
    let left_out = "blank points of the checklist left out";
    let said = format!("task created: Roof; {left_out}: 2; points of the checklist cut to 500 characters: 1");
    assert_eq!(effects, [said, format!("task created: Bare; {left_out}: 1")]);
}

#[test]
fn what_is_no_point_of_a_checklist_is_refused() {
    let mut world = World::new();
    deal(&mut world, json!([robot("a", "x", json!({}))]));
    for point in [json!("Call"), json!({"text": 7}), json!({"done": true}), json!(null)] {
        let task = json!({"title": "Roof", "checklist": [point]}).to_string();
        let refusal = act(&mut world, |scope| scope.create_task(&task)).unwrap_err();
        assert_eq!((refusal.code, refusal.subject.as_deref()), ("invalid", Some("fields.checklist[0]")), "{point}");
    }
}

#[test]
fn an_invoked_robot_completes_what_another_invoked_robot_made() {
    let mut world = World::new();
    let item = world.create("deal", json!({"title": "Roof", "pipeline": "sales"}));
    let invoke = |world: &mut World, robot: &str| {
        let settings = json!({"text": "x"}).as_object().filter(|_| robot == "say").cloned().unwrap_or_default();
        world.ok(|tx, ctx| invoke_robot::decide(tx, ctx, "test.kit", robot, &item, &settings));
        world.dispatch_quietly();
    };
    invoke(&mut world, "say");
    let task = act(&mut world, |scope| scope.create_task(r#"{"title": "Call"}"#)).unwrap();
    let made = world.record(&RecordRef::new("task", &task));
    assert_eq!((&made.fields["made_by"]["robot"], &made.fields["made_by"]["automation"]), (&json!("test.kit/say"), &json!("")));

    invoke(&mut world, "names");
    assert_eq!(act(&mut world, |scope| scope.complete_tasks("{}")), Ok(vec![task]));
}

#[test]
fn invoked_robots_have_turns_of_their_own() {
    let mut world = World::new();
    let item = world.create("deal", json!({"title": "Roof", "pipeline": "sales"}));
    let users: Vec<String> = (0..2).map(|n| world.create("user", json!({"name": format!("U{n}")})).id).collect();
    let choice = json!({"users": users, "how": "in_order"}).to_string();
    let chosen: Vec<String> = ["say", "names", "say", "names"]
        .map(|robot| {
            let settings = json!({"text": "x"}).as_object().filter(|_| robot == "say").cloned().unwrap_or_default();
            world.ok(|tx, ctx| invoke_robot::decide(tx, ctx, "test.kit", robot, &item, &settings));
            world.dispatch_quietly();
            act(&mut world, |scope| scope.assign(None, &choice, 0)).unwrap()
        })
        .into();
    assert_eq!(chosen, [&users[0], &users[0], &users[1], &users[1]].map(Clone::clone));
}
