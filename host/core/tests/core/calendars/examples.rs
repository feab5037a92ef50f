//! What people expect of working time.

use serde_json::json;

use stagewright_core::working_time::{Stretch, WorkingTime};

use crate::calendars::{HOUR, MINUTE, at, calendar, office};

#[test]
fn two_hours_from_friday_evening_end_on_monday_morning() {
    // S4-47, E8: Friday 17:30 in Kyiv.
    let office = office("Europe/Kyiv");

    let counted =
        WorkingTime::of(&office).unwrap().count(at("2026-03-06T17:30:00+02:00"), 2 * HOUR).unwrap();

    assert_eq!(counted.at, at("2026-03-09T10:30:00+02:00"));

    let friday =
        Stretch { from: at("2026-03-06T17:30:00+02:00"), to: at("2026-03-06T18:00:00+02:00") };
    let monday =
        Stretch { from: at("2026-03-09T09:00:00+02:00"), to: at("2026-03-09T10:30:00+02:00") };
    assert_eq!((counted.stretches, counted.left_out), (vec![friday, monday], 0));
}

#[test]
fn two_hours_within_a_working_day_are_two_hours() {
    // S4-46, E7.
    let office = office("Europe/Kyiv");

    let counted =
        WorkingTime::of(&office).unwrap().count(at("2026-03-04T11:44:00+02:00"), 2 * HOUR).unwrap();

    assert_eq!(counted.at, at("2026-03-04T13:44:00+02:00"));
}

#[test]
fn a_moment_outside_working_time_is_shifted_to_the_next_within_it() {
    let office = office("Europe/Kyiv");
    let working = WorkingTime::of(&office).unwrap();

    for (moment, shifted) in [
        ("2026-03-06T17:59:59.999+02:00", "2026-03-06T17:59:59.999+02:00"),
        ("2026-03-06T18:00:00+02:00", "2026-03-09T09:00:00+02:00"),
        ("2026-03-07T12:00:00+02:00", "2026-03-09T09:00:00+02:00"),
        ("2026-03-09T08:59:00+02:00", "2026-03-09T09:00:00+02:00"),
    ] {
        assert_eq!(working.shift(at(moment)).unwrap(), at(shifted), "{moment}");
    }
}

#[test]
fn holidays_half_days_and_breaks_count() {
    let day = json!(["09:00-13:00", "14:00-18:00"]);
    let week = json!({"mon": day, "tue": day, "wed": day, "thu": day, "fri": day});
    let days =
        json!({"2026-12-24": ["09:00-12:00"], "2026-12-25": [], "2026-12-26": ["10:00-11:00"]});

    let office = calendar("Europe/Kyiv", &week, &days);
    let working = WorkingTime::of(&office).unwrap();
    let from = at("2026-12-23T12:00:00+02:00");

    // One hour before the break, four after it, three on the half day, one on the Saturday that is
    // worked.
    for (hours, end) in [
        (1, "2026-12-23T13:00"),
        (5, "2026-12-23T18:00"),
        (8, "2026-12-24T12:00"),
        (9, "2026-12-26T11:00"),
        (10, "2026-12-28T10:00"),
    ] {
        assert_eq!(
            working.count(from, hours * HOUR).unwrap().at,
            at(&format!("{end}:00+02:00")),
            "{hours} hours"
        );
    }
}

#[test]
fn time_is_counted_backwards_as_well() {
    let office = office("Europe/Kyiv");
    let working = WorkingTime::of(&office).unwrap();

    let counted = working.count(at("2026-03-09T10:30:00+02:00"), -2 * HOUR).unwrap();

    assert_eq!(counted.at, at("2026-03-06T17:30:00+02:00"));
    assert_eq!(counted.stretches.len(), 2);
}

#[test]
fn nothing_counted_is_the_moment_itself() {
    let office = office("Europe/Kyiv");
    let sunday = at("2026-03-08T12:00:00+02:00");

    let counted = WorkingTime::of(&office).unwrap().count(sunday, 0).unwrap();

    assert_eq!((counted.at, counted.stretches), (sunday, vec![]));
}

#[test]
fn a_night_shift_loses_the_hour_that_the_clock_skips_and_works_twice_the_one_it_repeats() {
    let night = json!(["00:00-06:00"]);
    let office = calendar("Europe/Kyiv", &json!({"sun": night}), &json!({}));
    let working = WorkingTime::of(&office).unwrap();

    // 29 March 2026: 03:00 becomes 04:00. 25 October 2026: 04:00 becomes 03:00.
    for (midnight, hours, end) in [
        ("2026-03-29T00:00:00+02:00", 5, "2026-03-29T06:00:00+03:00"),
        ("2026-10-25T00:00:00+03:00", 7, "2026-10-25T06:00:00+02:00"),
    ] {
        let counted = working.count(at(midnight), hours * HOUR).unwrap();
        assert_eq!((counted.at, counted.stretches.len()), (at(end), 1));
    }
}

#[test]
fn a_long_explanation_shows_its_beginning_and_its_end() {
    let office = office("Europe/Kyiv");

    let counted = WorkingTime::of(&office)
        .unwrap()
        .count(at("2026-03-02T09:00:00+02:00"), 90 * HOUR)
        .unwrap();

    assert_eq!((counted.at, counted.left_out), (at("2026-03-13T18:00:00+02:00"), 4));
    assert_eq!(counted.stretches.first().unwrap().from, at("2026-03-02T09:00:00+02:00"));
    assert_eq!(counted.stretches.last().unwrap().to.since_ms(counted.at), 0);
    assert_eq!(counted.stretches.len(), 6);
}

#[test]
fn an_empty_look_ahead_ends() {
    // The only working minute of the week is one that the clock skips, on the one Sunday that is
    // asked about; the next has it.
    let office = calendar("Europe/Kyiv", &json!({"sun": ["03:10-03:11"]}), &json!({}));
    let working = WorkingTime::of(&office).unwrap();

    assert_eq!(working.shift(at("2026-03-28T12:00:00Z")).unwrap(), at("2026-04-05T03:10:00+03:00"));

    let code = working.count(at("2026-03-28T12:00:00Z"), 10_000 * MINUTE).unwrap_err().code;
    assert_eq!(code, "calendar.out-of-range");
}
