//! The robot "complete tasks" against the mock host.

use stagewright_robot_complete_task::CompleteTask;
use stagewright_sdk::prelude::*;
use stagewright_sdk::test::{Effect, MockHost};

fn host() -> MockHost {
    MockHost::new()
        .made_task("t1", "sales", "project")
        .made_task("t2", "sales", "won")
        .made_task("t3", "repairs", "project")
}

#[test]
fn all_tasks_of_other_robots_are_completed_where_nothing_was_chosen() {
    let ran = host().run_saved::<CompleteTask>(&json!({}));

    assert_eq!(ran.effects, [Effect::TasksCompleted(vec!["t1".into(), "t2".into(), "t3".into()])]);
    assert_eq!(ran.results(), Some(&json!({ "completed": 3, "tasks": ["t1", "t2", "t3"] })));
}

#[test]
fn only_tasks_made_in_the_pipeline_and_at_the_stages_are_completed() {
    let ran = host()
        .run_saved::<CompleteTask>(&json!({ "pipeline": "sales", "stages": ["project", "new"] }));

    assert_eq!(ran.results(), Some(&json!({ "completed": 1, "tasks": ["t1"] })));
}

#[test]
fn nothing_to_complete_is_a_success_without_effect() {
    let ran = MockHost::new().run_saved::<CompleteTask>(&json!({ "pipeline": "" }));

    assert_eq!(ran.results(), Some(&json!({ "completed": 0, "tasks": [] })));
    assert!(ran.effects.is_empty());
}

#[test]
fn a_missing_grant_fails_with_the_hosts_own_code() {
    let ran = host().deny("tasks.complete").run_saved::<CompleteTask>(&json!({}));

    assert_eq!(ran.failure().unwrap().code, "permission-denied");
}
