//! The robot "change the stage" against the mock host.

use stagewright_robot_change_stage::ChangeStage;
use stagewright_sdk::RecordRef;
use stagewright_sdk::prelude::*;
use stagewright_sdk::test::{Effect, MockHost};

fn host() -> MockHost {
    MockHost::new().record("deal", "D1", json!({ "stage": "new" }))
}

#[test]
fn the_item_moves_to_the_chosen_stage() {
    let ran = host().run_saved::<ChangeStage>(&json!({ "stage": "lost" }));

    assert_eq!(
        ran.effects,
        [Effect::Moved { target: RecordRef::new("deal", "D1"), stage: "lost".into() }]
    );
    assert_eq!(ran.results(), Some(&json!({ "moved": true })));
}

#[test]
fn an_item_that_stands_there_already_is_no_failure() {
    let ran = host().run_saved::<ChangeStage>(&json!({ "stage": "new" }));

    assert_eq!(ran.results(), Some(&json!({ "moved": false })));
    assert!(ran.effects.is_empty());
}

#[test]
fn a_missing_grant_fails_with_the_hosts_own_code() {
    let ran =
        host().deny("records.move:deal").run_saved::<ChangeStage>(&json!({ "stage": "lost" }));

    assert_eq!(ran.failure().unwrap().code, "permission-denied");
}

#[test]
fn a_missing_stage_names_the_setting() {
    let ran = host().run_saved::<ChangeStage>(&json!({}));

    assert_eq!(ran.failure().unwrap().setting.as_deref(), Some("stage"));
}
