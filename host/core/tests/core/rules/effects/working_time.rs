//! Robots that count in working time.

use serde_json::json;

use super::{act, deal};
use crate::rules::world::{World, robot};

#[test]
fn working_time_is_counted_by_the_tenants_calendar() {
    let mut world = World::new();
    let week = json!({"mon": ["09:00-18:00"], "tue": ["09:00-18:00"]});
    let calendar = json!({"name": "Office", "time_zone": "Europe/Kyiv", "week": week});
    world.ok(|tx, ctx| {
        let calendar = serde_json::from_value(calendar.clone()).unwrap();
        stagewright_core::command::put_calendar::decide(tx, ctx, "default", calendar, None)
    });
    deal(&mut world, json!([robot("counter", "x", json!({}))]));

    // Monday 17:00 in Kyiv, two hours of working time: Tuesday 10:00.
    let count = r#"{"from": "2026-11-23T15:00:00Z", "add": "2h", "working": "count"}"#;
    assert_eq!(
        act(&mut world, |scope| scope.shift(count)).as_deref(),
        Ok("2026-11-24T08:00:00.000Z")
    );
}

#[test]
fn working_time_may_be_shifted_to_and_counted_backwards() {
    let mut world = World::new();
    let calendar = json!({
        "name": "Office", "time_zone": "Europe/Kyiv",
        "week": {"mon": ["09:00-18:00"], "tue": ["09:00-18:00"]},
    });
    world.ok(|tx, ctx| {
        let calendar = serde_json::from_value(calendar.clone()).unwrap();
        stagewright_core::command::put_calendar::decide(tx, ctx, "default", calendar, None)
    });
    deal(&mut world, json!([robot("counter", "x", json!({}))]));

    let answers = act(&mut world, |scope| {
        let shift = scope.shift(
            r#"{"from": "2026-11-23T15:00:00Z", "add": "2h",
                "working": "shift", "calendar": "responsible"}"#,
        )?;
        let back = scope.shift(
            r#"{"from": "2026-11-24T08:00:00Z", "add": "-2h",
                "working": "count", "calendar": "line"}"#,
        )?;
        Ok([shift, back])
    });

    assert_eq!(answers.unwrap(), ["2026-11-24T07:00:00.000Z", "2026-11-23T15:00:00.000Z"]);
}

#[test]
fn a_calendar_that_is_not_there_is_refused() {
    let mut world = World::new();
    deal(&mut world, json!([robot("counter", "x", json!({}))]));

    let missing =
        act(&mut world, |scope| scope.shift(r#"{"working": "count", "calendar": "night"}"#))
            .unwrap_err();

    assert_eq!(missing.code, "invalid");
    assert!(missing.message.contains("`night`"), "{missing:?}");
}
