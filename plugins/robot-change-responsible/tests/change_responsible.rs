//! The robot "change the responsible employee" against the mock host.

use stagewright_robot_change_responsible::ChangeResponsible;
use stagewright_sdk::RecordRef;
use stagewright_sdk::prelude::*;
use stagewright_sdk::test::{Effect, MockHost, User};

fn team() -> MockHost {
    MockHost::new()
        .user(User::new("boss"))
        .user(User::new("u7").supervisor("boss"))
        .user(User::new("u8"))
        .role("responsible", ["u7"])
}

#[test]
fn one_of_the_candidates_becomes_responsible() {
    let ran = team().run_saved::<ChangeResponsible>(
        &json!({ "users": ["supervisor", "user:u8", "user:boss"] }),
    );

    let choice = json!({ "users": ["boss", "u8"], "how": "in_order", "skip_absent": true });
    let target = RecordRef::new("deal", "D1");
    assert_eq!(ran.effects, [Effect::Assigned { target, user: "boss".into(), choice }]);
    assert_eq!(ran.results(), Some(&json!({ "responsible": "boss" })));
}

#[test]
fn who_is_absent_is_passed_over() {
    let settings = json!({ "users": ["user:u7", "user:u8"], "how": "first_available" });

    let ran = team().absent("u7").run_saved::<ChangeResponsible>(&settings);

    assert_eq!(ran.results(), Some(&json!({ "responsible": "u8" })));
}

#[test]
fn absence_can_be_left_out_of_account() {
    let settings =
        json!({ "users": ["user:u7", "user:u8"], "how": "random", "skip_absent": false });

    let ran = team().absent("u7").absent("u8").run_saved::<ChangeResponsible>(&settings);

    assert!(ran.results().is_some());
}

#[test]
fn where_everybody_is_absent_the_hosts_refusal_is_the_failure() {
    let ran = team().absent("u8").run_saved::<ChangeResponsible>(&json!({ "users": ["user:u8"] }));

    let failure = ran.failure().unwrap();
    assert_eq!((failure.code.as_str(), failure.retryable), ("conflict", false));
    assert!(ran.effects.is_empty());
}

#[test]
fn candidates_that_nobody_is_name_the_setting() {
    let ran = team().run_saved::<ChangeResponsible>(&json!({ "users": ["author"] }));

    assert_eq!(
        ran.failure(),
        Some(&Failure::permanent("nobody", "nobody is author").in_setting("users"))
    );
}

#[test]
fn a_missing_grant_fails_with_the_hosts_own_code() {
    let ran = team()
        .deny("records.assign:deal")
        .run_saved::<ChangeResponsible>(&json!({ "users": ["responsible"] }));

    assert_eq!(ran.failure().unwrap().code, "permission-denied");
}
