//! The robot "create a task" against the mock host.

use stagewright_robot_create_task::{CreateTask, catalogue};
use stagewright_sdk::prelude::*;
use stagewright_sdk::test::{Effect, MockHost, User};

fn team() -> MockHost {
    MockHost::new()
        .user(User::new("boss"))
        .user(User::new("u7").supervisor("boss"))
        .user(User::new("u8"))
        .role("responsible", ["u7"])
        .record("deal", "D1", json!({ "close_at": "2026-03-10T09:00:00.000Z" }))
}

fn task(settings: Value) -> Value {
    match team().run_saved::<CreateTask>(&settings).effects.as_slice() {
        [Effect::TaskCreated(task)] => task.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn only_the_title_must_be_filled_in() {
    let ran = team().run_saved::<CreateTask>(&json!({ "title": "Call back" }));

    let expected = json!({
        "title": "Call back", "responsible": "u7", "priority": "normal", "track_time": false,
        "link": true, "attach_files": true,
    });
    assert_eq!(ran.effects, [Effect::TaskCreated(expected)]);
    assert_eq!(
        ran.results(),
        Some(&json!({ "task": "task-1", "responsible": "u7", "deadline": "" }))
    );
}

#[test]
fn every_setting_reaches_the_task() {
    let task = task(json!({
        "title": "Measure the roof", "description": "Sizes: 4x5", "responsible": "user:u8",
        "co_executors": ["responsible"], "observers": ["supervisor", "user:u8"],
        "deadline_after": "7d", "group": "g1", "priority": "high",
        "checklist": ["Ladder", "Photos"], "track_time": true, "attach_files": false, "link": false,
    }));

    let expected = json!({
        "title": "Measure the roof", "description": "Sizes: 4x5", "responsible": "u8",
        "co_executors": ["u7"], "observers": ["boss", "u8"], "deadline": "2026-03-09T12:00:00.000Z",
        "group": "g1", "priority": "high",
        "checklist": [{ "text": "Ladder", "done": false }, { "text": "Photos", "done": false }],
        "track_time": true, "link": false, "attach_files": false,
    });
    assert_eq!(task, expected);
}

#[test]
fn the_deadline_counts_from_a_date_of_the_item() {
    assert_eq!(
        task(json!({ "title": "T", "deadline_field": "close_at" }))["deadline"],
        "2026-03-10T09:00:00.000Z"
    );

    let later = json!({ "title": "T", "deadline_field": "close_at", "deadline_after": "2h" });
    assert_eq!(task(later)["deadline"], "2026-03-10T11:00:00.000Z");
}

#[test]
fn working_time_is_left_to_the_hosts_calendar() {
    let settings = json!({
        "title": "T", "deadline_after": "2h", "deadline_working": "count",
        "deadline_calendar": "responsible",
    });

    let ran = team().run_saved::<CreateTask>(&settings);

    assert_eq!(ran.shifts, [json!({ "add": "2h", "working": "count", "calendar": "responsible" })]);
}

#[test]
fn a_date_that_the_item_does_not_have_is_a_failure_that_names_the_setting() {
    let ran =
        team().run_saved::<CreateTask>(&json!({ "title": "T", "deadline_field": "begin_at" }));

    let failure = ran.failure().unwrap();
    assert_eq!(
        (failure.code.as_str(), failure.setting.as_deref()),
        ("date-missing", Some("deadline_field"))
    );
    assert!(ran.effects.is_empty());
}

#[test]
fn a_role_that_nobody_holds_is_a_failure_that_names_the_setting() {
    let ran = team().run_saved::<CreateTask>(&json!({ "title": "T", "responsible": "author" }));

    assert_eq!(
        ran.failure(),
        Some(&Failure::permanent("nobody", "nobody is author").in_setting("responsible"))
    );
}

#[test]
fn a_missing_grant_fails_with_the_hosts_own_code() {
    let ran = team().deny("tasks.create").run_saved::<CreateTask>(&json!({ "title": "T" }));

    assert_eq!(ran.failure().unwrap().code, "permission-denied");
}

#[test]
fn the_form_offers_the_three_ways_to_count() {
    let catalogue = catalogue();

    let settings = catalogue["robots"][0]["settings"].as_array().unwrap();
    let working = settings.iter().find(|setting| setting["key"] == "deadline_working").unwrap();
    let values: Vec<&str> = working["choices"]
        .as_array()
        .unwrap()
        .iter()
        .map(|choice| choice["value"].as_str().unwrap())
        .collect();
    assert_eq!(values, ["none", "count", "shift"]);
}

#[test]
fn its_date_is_a_moment_to_conditions() {
    let catalogue = catalogue();

    let results = catalogue["robots"][0]["results"].as_array().unwrap();
    let date = results.iter().find(|result| result["key"] == "deadline").unwrap();
    assert_eq!(date["kind"], "moment");
}
