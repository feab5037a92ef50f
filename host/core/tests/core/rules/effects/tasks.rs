//! Tasks and activities that robots make and complete.

use serde_json::json;

use stagewright_core::command::{create_record, invoke_robot};
use stagewright_core::key::{Key, Table};
use stagewright_core::model::notification::Notification;
use stagewright_core::model::record::RecordRef;

use super::{act, deal};
use crate::rules::world::{TENANT, World, minute, robot};

#[test]
fn a_task_remembers_the_robot_that_made_it_and_another_robot_completes_it() {
    let mut world = World::new();
    let item = deal(
        &mut world,
        json!([
            robot("maker", "x", json!({})),
            robot("closer", "x", json!({"run": {"after": "1d"}}))
        ]),
    );

    let task =
        act(&mut world, |scope| scope.create_task(r#"{"title": "Call", "priority": "high"}"#))
            .unwrap();
    let task = RecordRef::new("task", &task);

    let made = world.record(&task);
    assert_eq!(made.fields["items"], json!([item]));
    assert_eq!(
        (&made.fields["made_by"]["robot"], &made.fields["made_by"]["stage"]),
        (&json!("maker"), &json!("new"))
    );

    world.dispatch_quietly();
    world.now = minute(24 * 60);

    let elsewhere =
        act(&mut world, |scope| scope.complete_tasks(r#"{"stages": ["won"]}"#)).unwrap();

    assert!(elsewhere.is_empty());
    assert_eq!(world.record(&task).text("status"), "new");
}

#[test]
fn tasks_made_at_the_chosen_stages_are_completed() {
    let mut world = World::new();
    deal(
        &mut world,
        json!([
            robot("maker", "x", json!({})),
            robot("closer", "x", json!({"run": {"after": "1d"}}))
        ]),
    );

    let task = act(&mut world, |scope| scope.create_task(r#"{"title": "Call"}"#)).unwrap();
    world.dispatch_quietly();
    world.now = minute(24 * 60);

    let completed = act(&mut world, |scope| {
        scope.complete_tasks(r#"{"pipeline": "sales", "stages": ["new"]}"#)
    });

    assert_eq!(completed, Ok(vec![task.clone()]));
    assert_eq!(world.record(&RecordRef::new("task", &task)).text("status"), "completed");
    assert_eq!(world.runs()[0].steps[1].effects, ["tasks completed: 1"]);
}

#[test]
fn a_task_that_is_not_linked_belongs_to_no_item() {
    let mut world = World::new();
    deal(&mut world, json!([robot("maker", "x", json!({}))]));

    let task =
        act(&mut world, |scope| scope.create_task(r#"{"title": "Call", "link": false}"#)).unwrap();

    assert_eq!(world.record(&RecordRef::new("task", &task)).fields.get("items"), None);
}

#[test]
fn an_invoked_robot_completes_what_another_invoked_robot_made() {
    let mut world = World::new();
    let item = world.create("deal", json!({"title": "Roof", "pipeline": "sales"}));
    let invoke = |world: &mut World, robot: &str| {
        let settings = json!({"text": "x"})
            .as_object()
            .filter(|_| robot == "say")
            .cloned()
            .unwrap_or_default();
        world.ok(|tx, ctx| invoke_robot::decide(tx, ctx, "test.kit", robot, &item, &settings));
        world.dispatch_quietly();
    };

    invoke(&mut world, "say");
    let task = act(&mut world, |scope| scope.create_task(r#"{"title": "Call"}"#)).unwrap();

    let made = world.record(&RecordRef::new("task", &task));
    assert_eq!(
        (&made.fields["made_by"]["robot"], &made.fields["made_by"]["automation"]),
        (&json!("test.kit/say"), &json!(""))
    );

    invoke(&mut world, "names");
    assert_eq!(act(&mut world, |scope| scope.complete_tasks("{}")), Ok(vec![task]));
}

#[test]
fn an_activity_is_planned_for_the_item() {
    let mut world = World::new();
    let item = deal(&mut world, json!([robot("planner", "x", json!({}))]));

    let json = r#"{"type": "meeting", "subject": "Measure",
        "due": "2026-11-22T13:44:00+02:00", "auto_complete": false}"#;
    let activity = act(&mut world, |scope| scope.schedule(json)).unwrap();

    let activity = world.record(&RecordRef::new("activity", &activity));
    assert_eq!(
        (activity.text("due"), &activity.fields["item"]),
        ("2026-11-22T11:44:00.000Z", &json!(item))
    );
    assert_eq!(activity.fields["auto_complete"], json!(false));
    assert_eq!(
        world.runs()[0].steps[0].effects,
        ["meeting planned: Measure, due 2026-11-22T11:44:00.000Z"]
    );
}

#[test]
fn names_and_texts_that_robots_give_are_cut_and_it_is_said() {
    let mut world = World::new();
    let item = deal(&mut world, json!(["a", "b", "c"].map(|id| robot(id, "x", json!({})))));
    let (title, text) = ("Дах".repeat(100), "x".repeat(5_000));
    let user = world.record(&item).text("responsible").to_owned();

    let task =
        act(&mut world, |scope| scope.create_task(&json!({"title": title}).to_string())).unwrap();
    let call = act(&mut world, |scope| {
        scope.schedule(&json!({"type": "call", "subject": title}).to_string())
    })
    .unwrap();
    world.dispatch_quietly();
    act(&mut world, |scope| scope.notify(&json!({"to": [user], "text": text}).to_string()))
        .unwrap();

    let task = world.record(&RecordRef::new("task", &task));
    assert_eq!(task.text("title"), format!("{}Д…", "Дах".repeat(66)));
    assert_eq!(
        world.record(&RecordRef::new("activity", &call)).text("subject"),
        task.text("title")
    );

    let effects: Vec<String> =
        world.runs()[0].steps.iter().flat_map(|step| step.effects.clone()).collect();
    assert_eq!(effects.len(), 3);
    let ends = [
        "title cut to 200 characters",
        "subject cut to 200 characters",
        "text cut to 4096 characters",
    ];
    assert!(
        effects.iter().zip(ends).all(|(effect, end)| effect.ends_with(&format!("; {end}"))),
        "{effects:?}"
    );

    let prefix = Key::new(TENANT, Table::Notification, &[]);
    let told = world
        .rows
        .keys()
        .find(|key| key.starts_with(&prefix))
        .and_then(|key| world.get::<Notification>(key))
        .unwrap();
    assert_eq!((told.text.chars().count(), told.text.ends_with("x…")), (4_096, true));

    let by_hand = json!({"title": title}).as_object().unwrap().clone();
    let refusal =
        world.run(|tx, ctx| create_record::decide(tx, ctx, "task", &by_hand)).unwrap_err();
    assert_eq!(refusal.code, "record.too-long");
}

#[test]
fn a_blank_point_is_left_out_and_a_long_one_cut_and_the_task_is_made_all_the_same() {
    let mut world = World::new();
    deal(&mut world, json!([robot("a", "x", json!({})), robot("b", "x", json!({}))]));
    let points = json!([
        {"text": "Call"}, {"text": "", "done": false}, {"text": " \n"},
        {"text": "ї".repeat(501), "done": true},
    ]);

    let made = act(&mut world, |scope| {
        scope.create_task(&json!({"title": "Roof", "checklist": points}).to_string())
    })
    .unwrap();

    let bare = json!({"title": "Bare", "checklist": [{"text": " "}]}).to_string();
    let bare = act(&mut world, |scope| scope.create_task(&bare)).unwrap();

    let checklist =
        |id: &str| world.record(&RecordRef::new("task", id)).fields["checklist"].clone();
    let cut = format!("{}…", "ї".repeat(499));
    assert_eq!(
        checklist(&made),
        json!([{"text": "Call", "done": false}, {"text": cut, "done": true}])
    );
    assert_eq!(checklist(&bare), json!([]));

    let effects: Vec<String> =
        world.runs()[0].steps.iter().flat_map(|step| step.effects.clone()).collect();
    let left_out = "blank points of the checklist left out";
    let said = format!(
        "task created: Roof; {left_out}: 2; points of the checklist cut to 500 characters: 1"
    );
    assert_eq!(effects, [said, format!("task created: Bare; {left_out}: 1")]);
}

#[test]
fn what_is_no_point_of_a_checklist_is_refused() {
    let mut world = World::new();
    deal(&mut world, json!([robot("a", "x", json!({}))]));

    for point in [json!("Call"), json!({"text": 7}), json!({"done": true}), json!(null)] {
        let task = json!({"title": "Roof", "checklist": [point]}).to_string();
        let refusal = act(&mut world, |scope| scope.create_task(&task)).unwrap_err();

        assert_eq!(
            (refusal.code, refusal.subject.as_deref()),
            ("invalid", Some("fields.checklist[0]")),
            "{point}"
        );
    }
}
