//! The trigger "no activity" against the mock host.

use stagewright_sdk::prelude::*;
use stagewright_sdk::test::MockHost;
use stagewright_trigger_no_activity::{NoActivity, catalogue};

fn verdict(settings: Value, idle_ms: i64) -> Result<Verdict, Failure> {
    let event = json!({
        "id": "e1", "kind": "item.idle", "payload": { "idle_ms": idle_ms, "stage": "new" },
    });
    MockHost::new().evaluate_saved::<NoActivity>(&settings, &event).verdict
}

#[test]
fn an_item_that_was_idle_long_enough_fires() {
    assert_eq!(verdict(json!({ "duration": "2h" }), 7_200_000), Ok(Verdict::Fire));
}

#[test]
fn another_duration_belongs_to_another_trigger() {
    let ignored = |minutes: i64| {
        Ok(Verdict::Ignore(format!(
            "nobody touched it for {minutes} minutes, this trigger waits for 2h"
        )))
    };

    assert_eq!(verdict(json!({ "duration": "2h" }), 3_600_000), ignored(60));
    assert_eq!(verdict(json!({ "duration": "2h" }), 10_800_000), ignored(180));
}

#[test]
fn three_days_are_the_default() {
    assert_eq!(verdict(json!({}), 3 * 86_400_000), Ok(Verdict::Fire));
    assert_ne!(verdict(json!({}), 3 * 86_400_000 - 1), Ok(Verdict::Fire));
}

#[test]
fn a_duration_that_is_none_names_the_setting() {
    let failure = verdict(json!({ "duration": "soon" }), 0).unwrap_err();

    assert_eq!(
        (failure.code.as_str(), failure.setting.as_deref()),
        ("bad-duration", Some("duration"))
    );
}

#[test]
fn the_catalogue_tells_the_host_which_timer_to_keep() {
    let trigger = &catalogue()["triggers"][0];

    assert_eq!(
        (&trigger["events"], &trigger["idle_after"]),
        (&json!(["item.idle"]), &json!("duration"))
    );
}
