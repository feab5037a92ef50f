//! The same answers as somebody who looks at the wall clock every minute, around every change of
//! the clocks in ten zones.

use chrono::{DateTime, Datelike, Offset, TimeZone, Timelike};
use chrono_tz::Tz;
use serde_json::{Value, json};

use stagewright_core::model::calendar::Calendar;
use stagewright_core::time::Timestamp;
use stagewright_core::working_time::WorkingTime;

use crate::calendars::{HOUR, MINUTE, at, calendar};

/// Zones that change in spring and autumn, by an hour, half an hour or two, on either side of the
/// equator, at midnight, and for Ramadan.
const ZONES: [&str; 10] = [
    "Europe/Kyiv",
    "Europe/London",
    "America/New_York",
    "America/Santiago",
    "America/Havana",
    "Australia/Lord_Howe",
    "Antarctica/Troll",
    "Africa/Casablanca",
    "Asia/Beirut",
    "Pacific/Auckland",
];

/// Weeks that are worked, some of them where clocks change.
fn weeks() -> [Value; 4] {
    let every = |hours: Value| {
        json!({
            "mon": hours, "tue": hours, "wed": hours, "thu": hours, "fri": hours, "sat": hours,
            "sun": hours,
        })
    };

    [
        json!({
            "mon": ["09:00-18:00"], "tue": ["09:00-18:00"], "wed": ["09:00-18:00"],
            "thu": ["09:00-18:00"], "fri": ["09:00-17:30"],
        }),
        every(json!(["00:00-24:00"])),
        every(json!(["00:00-00:45", "01:30-02:15", "02:40-03:20", "22:00-24:00"])),
        json!({"sun": ["00:30-03:30"], "sat": ["23:00-24:00"], "fri": ["12:00-12:01"]}),
    ]
}

/// The moments from 2020 to 2037 at which a zone's offset changes, to the minute.
fn changes(zone: Tz) -> Vec<Timestamp> {
    let offset = |at: i64| {
        zone.offset_from_utc_datetime(&DateTime::from_timestamp_millis(at).unwrap().naive_utc())
            .fix()
    };

    let (mut found, mut day) = (Vec::new(), at("2020-01-01T00:00:00Z").0);
    while day < at("2038-01-01T00:00:00Z").0 {
        if offset(day) != offset(day + 24 * HOUR) {
            let minutes = 1..=24 * 60;
            let first = minutes
                .map(|minute| day + minute * MINUTE)
                .find(|moment| offset(*moment) != offset(day));
            found.push(Timestamp(first.unwrap()));
        }
        day += 24 * HOUR;
    }

    found
}

/// Whether the wall clock shows working time in the minute that begins at `at`.
fn works(calendar: &Calendar, zone: Tz, at: i64) -> bool {
    let wall = zone.from_utc_datetime(&DateTime::from_timestamp_millis(at).unwrap().naive_utc());
    let minute = u16::try_from(wall.hour() * 60 + wall.minute()).unwrap();
    let day = wall.date_naive();
    assert!(day.year() > 2000);

    calendar.hours_of(day).iter().any(|hours| hours.from <= minute && minute < hours.to)
}

/// Every minute from two days before a change to two days after: counting, shifting and asking give
/// what the wall clock shows.
fn agree(calendar: &Calendar, zone: Tz, change: Timestamp) {
    let working = WorkingTime::of(calendar).unwrap();
    let begin = change.0 - 48 * HOUR;
    let minutes: Vec<bool> =
        (0..96 * 60).map(|minute| works(calendar, zone, begin + minute * MINUTE)).collect();
    let moment = |minute: usize| Timestamp(begin + i64::try_from(minute).unwrap() * MINUTE);

    for (minute, works) in minutes.iter().enumerate().step_by(7) {
        assert_eq!(
            working.contains(moment(minute)),
            *works,
            "{} {:?}",
            calendar.time_zone,
            moment(minute)
        );
        if let Some(next) = minutes[minute..].iter().position(|works| *works) {
            assert_eq!(working.shift(moment(minute)).unwrap(), moment(minute + next));
        }
    }

    let first_worked: Vec<usize> = (0..minutes.len()).filter(|minute| minutes[*minute]).collect();
    for (counted, minute) in first_worked.iter().enumerate().step_by(11) {
        let ms = (i64::try_from(counted).unwrap() + 1) * MINUTE;
        // The end of the minute in which so much has been worked.
        assert_eq!(
            working.count(moment(0), ms).unwrap().at,
            moment(minute + 1),
            "{} {ms}",
            calendar.time_zone
        );
    }

    let total = i64::try_from(first_worked.len()).unwrap() * MINUTE;
    if total > 0 {
        let back = working.count(moment(minutes.len()), -total).unwrap().at;
        assert_eq!(back, moment(first_worked[0]), "{} backwards", calendar.time_zone);
    }
}

/// Counting in two parts is counting at once, more is never earlier, and what was counted to lies
/// in working time or at its end.
fn hold_together(calendar: &Calendar, change: Timestamp) {
    let working = WorkingTime::of(calendar).unwrap();
    let from = Timestamp(change.0 - 31 * HOUR - 1_234);
    let mut before = from;

    for ms in [1, 59_999, 17 * MINUTE, 3 * HOUR, 9 * HOUR + 1, 26 * HOUR, 61 * HOUR] {
        let whole = working.count(from, ms).unwrap().at;
        assert!(whole >= before);
        before = whole;

        for part in [1, ms / 3, ms - 1] {
            let first = working.count(from, part).unwrap().at;
            assert_eq!(
                working.count(first, ms - part).unwrap().at,
                whole,
                "{} {ms} in parts",
                calendar.time_zone
            );
        }

        assert!(working.contains(whole.plus_ms(-1)), "{} {whole:?}", calendar.time_zone);
    }
}

#[test]
fn counting_agrees_with_the_wall_clock_around_every_change() {
    let mut seen = 0;
    for name in ZONES {
        let zone: Tz = name.parse().unwrap();
        let changes = changes(zone);
        assert!(changes.len() >= 30, "{name} changes {} times only", changes.len());

        for week in weeks() {
            let mut calendar = calendar(name, &week, &json!({}));
            for (number, change) in changes.iter().enumerate() {
                let day = zone
                    .from_utc_datetime(
                        &DateTime::from_timestamp_millis(change.0).unwrap().naive_utc(),
                    )
                    .date_naive();
                // Every third change falls on a day with hours of its own.
                calendar.days = if number % 3 == 0 {
                    [(day, vec!["01:00-04:30".parse().unwrap()])].into()
                } else {
                    Default::default()
                };

                agree(&calendar, zone, *change);
                hold_together(&calendar, *change);
                seen += 1;
            }
        }
    }

    println!("{seen} changes of the clocks");
}
