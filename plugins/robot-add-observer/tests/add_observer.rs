//! The robot "add observer" against the mock host.

use stagewright_robot_add_observer::AddObserver;
use stagewright_sdk::RecordRef;
use stagewright_sdk::prelude::*;
use stagewright_sdk::test::{Effect, MockHost, User};

fn team() -> MockHost {
    MockHost::new()
        .user(User::new("boss"))
        .user(User::new("u7").supervisor("boss"))
        .role("responsible", ["u7"])
}

#[test]
fn the_supervisor_becomes_observer_where_nothing_else_was_chosen() {
    let ran = team().run_saved::<AddObserver>(&json!({}));

    let expected =
        Effect::ObserversAdded { target: RecordRef::new("deal", "D1"), users: vec!["boss".into()] };
    assert_eq!(ran.effects, [expected]);
    assert_eq!(ran.results(), Some(&json!({ "added": 1 })));
}

#[test]
fn somebody_who_watches_already_is_a_success_without_effect() {
    let ran = team().observer("boss").run(&AddObserver { observer: "supervisor".into() });

    assert_eq!(ran.results().unwrap().added, 0);
    assert_eq!(ran.log, [("info".to_owned(), "already observer".to_owned())]);
    assert!(ran.effects.is_empty());
}

#[test]
fn everybody_who_holds_the_role_becomes_observer() {
    let ran = team()
        .role("responsible", ["u7", "boss"])
        .run(&AddObserver { observer: "responsible".into() });

    assert_eq!(ran.results().unwrap().added, 2);
}

#[test]
fn at_the_top_of_the_organisation_there_is_no_supervisor() {
    let host = MockHost::new().user(User::new("boss")).role("responsible", ["boss"]);

    let ran = host.run(&AddObserver { observer: "supervisor".into() });

    let failure = Failure::permanent("no-supervisor", "no supervisor").in_setting("observer");
    assert_eq!(ran.failure(), Some(&failure));
    assert!(ran.effects.is_empty());
}

#[test]
fn another_role_that_nobody_holds_is_named() {
    let ran = MockHost::new().run(&AddObserver { observer: "author".into() });

    assert_eq!(ran.failure().unwrap().message, "nobody is author");
}

#[test]
fn a_missing_grant_fails_with_the_hosts_own_code() {
    let ran =
        team().deny("records.observe:deal").run(&AddObserver { observer: "supervisor".into() });

    assert_eq!(ran.failure().unwrap().code, "permission-denied");
}
