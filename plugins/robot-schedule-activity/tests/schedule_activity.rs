//! The robot "schedule an activity" against the mock host.

use stagewright_robot_schedule_activity::{ScheduleActivity, catalogue};
use stagewright_sdk::prelude::*;
use stagewright_sdk::test::{Effect, MockHost, User};

fn team() -> MockHost {
    MockHost::new().user(User::new("u7")).user(User::new("u8")).role("responsible", ["u7"]).record(
        "deal",
        "D1",
        json!({ "created_at": "2026-03-02T11:44:00.000Z" }),
    )
}

#[test]
fn two_hours_after_the_item_was_created() {
    let settings = json!({
        "subject": "Call Olha", "description": "Client: Olha", "due_after": "2h",
        "due_field": "created_at",
    });

    let ran = team().run_saved::<ScheduleActivity>(&settings);

    let expected = json!({
        "type": "call", "subject": "Call Olha", "description": "Client: Olha",
        "due": "2026-03-02T13:44:00.000Z", "responsible": "u7", "auto_complete": true,
    });
    assert_eq!(ran.effects, [Effect::ActivityScheduled(expected)]);

    let results =
        json!({ "activity": "activity-1", "due": "2026-03-02T13:44:00.000Z", "responsible": "u7" });
    assert_eq!(ran.results(), Some(&results));
}

#[test]
fn without_a_date_it_is_due_so_long_after_now() {
    let ran = team().run_saved::<ScheduleActivity>(&json!({ "subject": "Call" }));

    assert_eq!(ran.results().unwrap()["due"], "2026-03-02T12:00:00.000Z");
}

#[test]
fn every_setting_reaches_the_activity() {
    let settings = json!({
        "type": "meeting", "subject": "Meet", "due_after": "1d", "due_working": "shift",
        "due_calendar": "responsible", "responsible": "user:u8", "auto_complete": false,
    });

    let ran = team().run_saved::<ScheduleActivity>(&settings);

    let expected = json!({
        "type": "meeting", "subject": "Meet", "due": "2026-03-03T12:00:00.000Z",
        "responsible": "u8", "auto_complete": false,
    });
    assert_eq!(ran.effects, [Effect::ActivityScheduled(expected)]);
    assert_eq!(ran.shifts, [json!({ "add": "1d", "working": "shift", "calendar": "responsible" })]);
}

#[test]
fn a_date_that_the_item_does_not_have_is_a_failure_that_names_the_setting() {
    let ran = team()
        .run_saved::<ScheduleActivity>(&json!({ "subject": "Call", "due_field": "begin_at" }));

    let failure = ran.failure().unwrap();
    assert_eq!(
        (failure.code.as_str(), failure.setting.as_deref()),
        ("date-missing", Some("due_field"))
    );
}

#[test]
fn a_role_that_nobody_holds_is_a_failure_that_names_the_setting() {
    let ran = team()
        .run_saved::<ScheduleActivity>(&json!({ "subject": "Call", "responsible": "author" }));

    assert_eq!(
        ran.failure(),
        Some(&Failure::permanent("nobody", "nobody is author").in_setting("responsible"))
    );
}

#[test]
fn a_missing_grant_fails_with_the_hosts_own_code() {
    let ran = team()
        .deny("activities.write")
        .run_saved::<ScheduleActivity>(&json!({ "subject": "Call" }));

    assert_eq!(ran.failure().unwrap().code, "permission-denied");
}

#[test]
fn its_date_is_a_moment_to_conditions() {
    let catalogue = catalogue();

    let results = catalogue["robots"][0]["results"].as_array().unwrap();
    let date = results.iter().find(|result| result["key"] == "due").unwrap();
    assert_eq!(date["kind"], "moment");
}
