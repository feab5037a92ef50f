//! The robot against the mock host.

use stagewright_robot_notify_supervisor::NotifySupervisor;
use stagewright_sdk::prelude::*;
use stagewright_sdk::test::{Effect, MockHost, User};

fn team() -> MockHost {
    MockHost::new()
        .user(User::new("boss"))
        .user(User::new("u7").supervisor("boss"))
        .role("responsible", ["u7"])
}

#[test]
fn the_supervisor_is_told_where_nobody_else_was_chosen() {
    let ran = team().run_saved::<NotifySupervisor>(&json!({ "text": "Order 7 waits" }));

    assert_eq!(ran.effects, [Effect::Notified(json!({ "to": ["boss"], "text": "Order 7 waits" }))]);
    assert_eq!(ran.results(), Some(&json!({ "notified": 1 })));
}

#[test]
fn at_the_top_of_the_organisation_there_is_no_supervisor() {
    let host = MockHost::new().user(User::new("boss")).role("responsible", ["boss"]);

    let ran = host.run_saved::<NotifySupervisor>(&json!({ "text": "Look" }));

    assert_eq!(
        ran.failure(),
        Some(&Failure::permanent("no-supervisor", "no supervisor").in_setting("to"))
    );
    assert!(ran.effects.is_empty());
}

#[test]
fn everybody_is_told_once_and_a_role_that_nobody_holds_is_passed_over() {
    let settings =
        json!({ "text": "Look", "to": ["author", "user:u7", "responsible", "supervisor"] });

    let ran = team().run_saved::<NotifySupervisor>(&settings);

    assert_eq!(ran.effects, [Effect::Notified(json!({ "to": ["u7", "boss"], "text": "Look" }))]);
    assert_eq!(ran.results(), Some(&json!({ "notified": 2 })));
}

#[test]
fn where_nobody_is_left_the_failure_names_the_setting() {
    let ran = team().run_saved::<NotifySupervisor>(&json!({ "text": "Look", "to": ["author"] }));

    assert_eq!(
        ran.failure(),
        Some(&Failure::permanent("nobody", "nobody is author").in_setting("to"))
    );
}

#[test]
fn a_missing_grant_fails_with_the_hosts_own_code() {
    let ran = team().deny("notify.send").run_saved::<NotifySupervisor>(&json!({ "text": "Look" }));

    assert_eq!(ran.failure().unwrap().code, "permission-denied");
}
