//! The trigger "task status" against the mock host.

use stagewright_sdk::prelude::*;
use stagewright_sdk::test::MockHost;
use stagewright_trigger_task_status::{TaskStatus, catalogue};

/// What the trigger says about a task that was completed.
fn verdict(settings: Value, task: Value) -> Verdict {
    let payload = json!({ "task": task, "from": "in_progress", "to": "completed" });
    let event = json!({ "id": "e1", "kind": "task.status_changed", "payload": payload });
    MockHost::new().evaluate_saved::<TaskStatus>(&settings, &event).verdict.unwrap()
}

/// What the trigger says about a task that was created in a status.
fn verdict_on_new(settings: Value, task: Value) -> Verdict {
    let event = json!({ "id": "e1", "kind": "task.created", "payload": { "task": task } });
    MockHost::new().evaluate_saved::<TaskStatus>(&settings, &event).verdict.unwrap()
}

fn reason(settings: Value, task: Value) -> String {
    match verdict(settings, task) {
        Verdict::Ignore(reason) => reason,
        Verdict::Fire => panic!("it fired"),
    }
}

#[test]
fn a_completed_task_fires_where_nothing_else_was_chosen() {
    assert_eq!(verdict(json!({}), json!({ "id": "t1", "title": "Anything" })), Verdict::Fire);
}

#[test]
fn another_status_is_ignored_and_says_why() {
    let reason = reason(json!({ "status": "in_review" }), json!({ "id": "t1" }));

    assert_eq!(reason, "the task became completed, this trigger watches in_review");
}

#[test]
fn a_task_that_is_created_in_the_status_fires_where_it_matches_the_filter() {
    let task = json!({ "id": "t1", "title": "Design", "status": "completed" });

    assert_eq!(verdict_on_new(json!({}), task.clone()), Verdict::Fire);
    assert_ne!(verdict_on_new(json!({ "title_contains": "call" }), task), Verdict::Fire);
    assert_eq!(
        verdict_on_new(json!({ "status": "new" }), json!({ "id": "t1", "status": "new" })),
        Verdict::Fire
    );
}

#[test]
fn a_task_that_is_created_in_another_status_is_ignored_and_says_why() {
    let ignored = verdict_on_new(json!({}), json!({ "id": "t1", "status": "new" }));

    assert_eq!(
        ignored,
        Verdict::Ignore("the task was created new, this trigger watches completed".into())
    );
}

#[test]
fn the_title_contains_the_phrase_whatever_its_capitals_and_spaces() {
    let task = json!({ "id": "t1", "title": "Подготовить  Дизайн-Проект для Ольги" });

    assert_eq!(
        verdict(json!({ "title_contains": "дизайн-проект ДЛЯ" }), task.clone()),
        Verdict::Fire
    );
    // The words alone, in another order, are another phrase.
    assert!(
        reason(json!({ "title_contains": "для дизайн-проект" }), task).contains("does not contain")
    );
}

#[test]
fn every_filter_has_to_match() {
    let task = json!({
        "id": "t1", "title": "Design", "description": "Two rooms", "responsible": "u7",
        "group": "g1", "priority": "high",
    });
    let all = json!({
        "title_contains": "design", "description_contains": "rooms", "responsible": "u7",
        "group": "g1", "priority": "high",
    });

    assert_eq!(verdict(all.clone(), task.clone()), Verdict::Fire);

    for field in ["title_contains", "description_contains", "responsible", "group"] {
        let mut other = all.clone();
        other[field] = json!("other");
        assert_ne!(verdict(other, task.clone()), Verdict::Fire, "{field}");
    }

    assert_eq!(
        reason(json!({ "priority": "low" }), task),
        "the task’s priority is `high`, not `low`"
    );
}

#[test]
fn what_a_form_left_empty_is_no_filter() {
    let untouched =
        json!({ "title_contains": "", "responsible": "", "group": null, "priority": "" });

    assert_eq!(verdict(untouched, json!({ "id": "t1" })), Verdict::Fire);
}

#[test]
fn the_catalogue_names_the_events_and_every_status() {
    let trigger = &catalogue()["triggers"][0];

    assert_eq!(trigger["events"], json!(["task.created", "task.status_changed"]));

    let statuses: Vec<&str> = trigger["settings"][0]["choices"]
        .as_array()
        .unwrap()
        .iter()
        .map(|choice| choice["value"].as_str().unwrap())
        .collect();
    assert_eq!(statuses, ["new", "in_progress", "in_review", "completed", "deferred", "declined"]);
}
