//! The robot "wait" against the mock host.

use stagewright_robot_wait::{Wait, catalogue};
use stagewright_sdk::prelude::*;
use stagewright_sdk::test::{Effect, MockHost};

fn host() -> MockHost {
    MockHost::new().record("deal", "D1", json!({ "close_at": "2026-03-10T09:00:00.000Z" }))
}

fn waits(settings: Value) -> String {
    let ran = host().run_saved::<Wait>(&settings);

    match ran.effects.as_slice() {
        [Effect::WaitsUntil(until)] if ran.results() == Some(&json!({ "until": until })) => {
            until.clone()
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn it_waits_so_long_from_now() {
    assert_eq!(waits(json!({ "duration": "2h" })), "2026-03-02T14:00:00.000Z");
}

#[test]
fn it_waits_until_a_date_of_the_item_or_so_long_after_it() {
    assert_eq!(waits(json!({ "field": "close_at" })), "2026-03-10T09:00:00.000Z");
    assert_eq!(waits(json!({ "field": "close_at", "duration": "1d" })), "2026-03-11T09:00:00.000Z");
}

#[test]
fn working_time_is_left_to_the_hosts_calendar() {
    let ran = host()
        .run_saved::<Wait>(&json!({ "duration": "2h", "working": "count", "calendar": "line" }));

    assert_eq!(ran.shifts, [json!({ "add": "2h", "working": "count", "calendar": "line" })]);
}

#[test]
fn without_duration_and_date_the_setting_is_named() {
    let ran = host().run_saved::<Wait>(&json!({ "duration": "", "field": null }));

    let failure = ran.failure().unwrap();
    assert_eq!(
        (failure.code.as_str(), failure.setting.as_deref()),
        ("bad-setting", Some("duration"))
    );
}

#[test]
fn a_date_that_the_item_does_not_have_is_a_failure_that_names_the_setting() {
    let ran = host().run_saved::<Wait>(&json!({ "field": "begin_at" }));

    let failure = ran.failure().unwrap();
    assert_eq!(
        (failure.code.as_str(), failure.setting.as_deref()),
        ("date-missing", Some("field"))
    );
    assert!(ran.effects.is_empty());
}

#[test]
fn its_date_is_a_moment_to_conditions() {
    let catalogue = catalogue();

    let results = catalogue["robots"][0]["results"].as_array().unwrap();
    let date = results.iter().find(|result| result["key"] == "until").unwrap();
    assert_eq!(date["kind"], "moment");
}
