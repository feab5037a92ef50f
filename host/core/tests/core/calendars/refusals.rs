//! Calendars that make no sense.

use serde_json::{Value, json};

use stagewright_core::model::calendar::Calendar;
use stagewright_core::working_time::WorkingTime;

use crate::calendars::calendar;

#[test]
fn a_calendar_that_makes_no_sense_names_what_is_wrong() {
    let good = json!({"mon": ["09:00-18:00"]});
    let cases = [
        (calendar("Europe/Kiew", &good, &json!({})), "calendar.unknown-time-zone", "time_zone"),
        (
            calendar("Europe/Kyiv", &json!({}), &json!({"2026-01-01": ["09:00-10:00"]})),
            "calendar.no-working-time",
            "week",
        ),
        (
            calendar("Europe/Kyiv", &json!({"tue": ["12:00-13:00", "09:00-10:00"]}), &json!({})),
            "calendar.bad-hours",
            "week.tue",
        ),
        (
            calendar("Europe/Kyiv", &json!({"tue": ["09:00-12:00", "11:00-13:00"]}), &json!({})),
            "calendar.bad-hours",
            "week.tue",
        ),
        (
            calendar("Europe/Kyiv", &good, &json!({"2026-01-01": ["09:00-12:00", "11:59-13:00"]})),
            "calendar.bad-hours",
            "days.2026-01-01",
        ),
    ];

    for (calendar, code, field) in cases {
        let refusal = WorkingTime::of(&calendar).unwrap_err();
        assert_eq!((refusal.code, refusal.field.as_deref()), (code, Some(field)));
    }
}

#[test]
fn hours_that_are_none_are_not_read() {
    let read = |hours: Value| {
        let calendar =
            json!({"name": "Office", "time_zone": "Europe/Kyiv", "week": {"mon": [hours]}});
        serde_json::from_value::<Calendar>(calendar).map(|_| ()).map_err(|e| e.to_string())
    };

    for hours in [
        "",
        "9:00-18:00",
        "09:00",
        "09:00-09:00",
        "18:00-09:00",
        "09:60-10:00",
        "09:00-24:01",
        "25:00-26:00",
        "-",
        "09:00-18:00-19:00",
        "٠٩:00-18:00",
    ] {
        assert!(read(json!(hours)).unwrap_err().contains("09:00-18:00"), "{hours}");
    }

    assert_eq!(read(json!("00:00-24:00")), Ok(()));
    assert!(read(json!(9)).is_err());
}
