//! The robot "write into the history" against the mock host.

use stagewright_robot_write_history::WriteHistory;
use stagewright_sdk::prelude::*;
use stagewright_sdk::test::{Effect, MockHost, User};

fn team() -> MockHost {
    MockHost::new()
        .user(User::new("boss"))
        .user(User::new("u7").supervisor("boss"))
        .role("responsible", ["u7"])
}

#[test]
fn the_supervisor_is_the_author_where_nobody_else_was_chosen() {
    let ran = team().run_saved::<WriteHistory>(&json!({ "text": "Not called in time" }));

    assert_eq!(
        ran.effects,
        [Effect::HistoryWritten(json!({ "text": "Not called in time", "author": "boss" }))]
    );
    assert_eq!(ran.results(), Some(&json!({ "entry": "entry-1" })));
}

#[test]
fn another_author_can_be_chosen() {
    let ran = team().run_saved::<WriteHistory>(&json!({ "text": "Late", "author": "user:u7" }));

    assert_eq!(ran.effects, [Effect::HistoryWritten(json!({ "text": "Late", "author": "u7" }))]);
}

#[test]
fn without_an_author_the_entry_is_written_all_the_same() {
    let host = MockHost::new().user(User::new("boss")).role("responsible", ["boss"]);

    let ran = host.run_saved::<WriteHistory>(&json!({ "text": "Late" }));

    assert_eq!(ran.effects, [Effect::HistoryWritten(json!({ "text": "Late", "author": null }))]);
    assert_eq!(
        ran.log,
        [("warn".to_owned(), "no supervisor, so the entry has no author".to_owned())]
    );
}

#[test]
fn a_missing_grant_fails_with_the_hosts_own_code() {
    let ran = team().deny("history.write").run_saved::<WriteHistory>(&json!({ "text": "Late" }));

    assert_eq!(ran.failure().unwrap().code, "permission-denied");
}
