//! Robots that run in working time only.

use serde_json::{Value, json};

use stagewright_core::call::Usage;
use stagewright_core::command::ingest::Ingested;
use stagewright_core::command::step::{Ending, Planned, pause, plan, postpone, settle};
use stagewright_core::command::{change_record, job, move_item, put_calendar, put_line, retry_run};
use stagewright_core::model::calendar::Calendar;
use stagewright_core::model::pauses::Pausable;
use stagewright_core::model::run::{Attempt, Step, StepState};
use stagewright_core::refusal::Refusal;
use stagewright_core::time::Timestamp;

use crate::rules::world::{World, robot};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn calendar(world: &mut World, id: &str, hours: &str) -> Result<Calendar, Refusal> {
    let day = json!([hours]);
    let week = json!({"mon": day, "tue": day, "wed": day, "thu": day, "fri": day});
    let body = json!({"name": "Office", "time_zone": "Europe/Kyiv", "week": week});

    world
        .run(|tx, ctx| {
            put_calendar::decide(tx, ctx, id, serde_json::from_value(body.clone()).unwrap(), None)
        })
        .map(|(saved, _)| saved)
}

/// A world on a Friday at half past five in Kyiv, whose tenant works from nine to six.
fn friday() -> World {
    let mut world = World::new();
    world.now = at("2026-03-06T17:30:00+02:00");
    calendar(&mut world, "default", "09:00-18:00").unwrap();
    world
}

fn only_step(world: &World) -> Step {
    world.runs().remove(0).steps.remove(0)
}

fn automate(world: &mut World, more: Value) {
    world.automate("new", json!([robot("late", "a", more)]), json!([]));
}

#[test]
fn only_working_time_is_counted_and_the_step_says_how() {
    // S4-47, E8
    let mut world = friday();
    automate(&mut world, json!({"run": {"after": "2h"}, "working_time": {}}));
    world.deal(json!({}));

    let step = only_step(&world);
    assert_eq!(
        (step.state, step.due_at),
        (StepState::WaitingTime, Some(at("2026-03-09T10:30:00+02:00")))
    );
    let note = "2h of working time by calendar `default`: Fri 2026-03-06 17:30-18:00, Mon \
        2026-03-09 09:00-10:30";
    assert_eq!(step.note.as_deref(), Some(note));
}

#[test]
fn a_moment_outside_working_time_is_shifted_where_that_is_asked() {
    let mut world = friday();
    automate(&mut world, json!({"run": {"after": "2h"}, "working_time": {"mode": "shift"}}));
    world.deal(json!({}));

    let step = only_step(&world);
    assert_eq!(step.due_at, Some(at("2026-03-09T09:00:00+02:00")));
    let note = "Fri 2026-03-06 19:30 is outside working time by calendar `default`, next is Mon \
        2026-03-09 09:00";
    assert_eq!(step.note.as_deref(), Some(note));
}

#[test]
fn a_robot_that_runs_at_once_waits_for_working_time() {
    let mut world = friday();
    automate(&mut world, json!({"working_time": {}}));
    world.deal(json!({}));
    assert_eq!((only_step(&world).due_at, only_step(&world).note), (Some(world.now), None));

    world.now = at("2026-03-07T12:00:00+02:00");
    world.deal(json!({}));
    let step = world.runs().remove(1).steps.remove(0);
    assert_eq!(
        (step.state, step.due_at),
        (StepState::WaitingTime, Some(at("2026-03-09T09:00:00+02:00")))
    );
}

#[test]
fn the_responsible_employees_own_calendar_counts_where_that_is_asked() {
    let mut world = friday();
    calendar(&mut world, "late-shift", "14:00-22:00").unwrap();
    automate(
        &mut world,
        json!({"run": {"after": "2h"}, "working_time": {"calendar": "responsible"}}),
    );

    let olha = world.create("user", json!({"name": "Olha", "calendar": "late-shift"}));
    let ira = world.create("user", json!({"name": "Ira"}));
    world.deal(json!({"responsible": olha.id}));
    world.deal(json!({"responsible": ira.id}));

    let mut dues: Vec<_> = world.runs().iter().map(|run| run.steps[0].due_at.unwrap()).collect();
    dues.sort();
    assert_eq!(dues, vec![at("2026-03-06T19:30:00+02:00"), at("2026-03-09T10:30:00+02:00")]);
}

#[test]
fn the_calendar_of_the_line_counts_where_that_is_asked() {
    let mut world = friday();
    calendar(&mut world, "late-shift", "14:00-22:00").unwrap();
    let line = json!({"name": "Support", "calendar": "late-shift"});
    world.ok(|tx, ctx| {
        put_line::decide(tx, ctx, "support", serde_json::from_value(line.clone()).unwrap(), None)
    });
    automate(&mut world, json!({"run": {"after": "2h"}, "working_time": {"calendar": "line"}}));

    let Ingested::In { conversation, .. } = world.client_writes("m1", "+380501112233") else {
        panic!()
    };
    world.deal(json!({"conversation": conversation}));

    assert_eq!(only_step(&world).due_at, Some(at("2026-03-06T19:30:00+02:00")));
}

#[test]
fn a_date_that_moves_takes_the_counted_moment_with_it() {
    let mut world = friday();
    automate(&mut world, json!({"run": {"before": "2h", "field": "close_at"}, "working_time": {}}));
    let item = world.deal(json!({"close_at": "2026-03-10T10:00:00+02:00"}));
    assert_eq!(only_step(&world).due_at, Some(at("2026-03-09T17:00:00+02:00")));

    let fields = json!({"close_at": "2026-03-16T09:30:00+02:00"}).as_object().unwrap().clone();
    world.ok(|tx, ctx| change_record::decide(tx, ctx, &item, &fields, None));
    assert_eq!(only_step(&world).due_at, Some(at("2026-03-13T16:30:00+02:00")));
}

/// A step that is due at night, looked at then.
fn planned(world: &mut World) -> Planned {
    let run = world.runs().remove(0).id;
    world.ok(|tx, ctx| plan(tx, ctx, &run, "late"))
}

fn postponed(world: &mut World) -> Step {
    assert!(matches!(planned(world), Planned::OutsideHours));
    let run = world.runs().remove(0).id;
    assert!(world.ok(|tx, ctx| postpone(tx, ctx, &run, "late")));
    only_step(world)
}

#[test]
fn a_moment_that_has_passed_already_is_made_up_for_in_working_time() {
    let mut world = friday();
    let item = world.deal(json!({}));

    world.now = at("2026-03-06T22:00:00+02:00");
    automate(
        &mut world,
        json!({"run": {"after": "10m", "field": "created_at"}, "working_time": {}}),
    );

    for stage in ["processed", "new"] {
        world.ok(|tx, ctx| move_item::decide(tx, ctx, &item, stage, None));
    }
    world.dispatch_quietly();

    let step = only_step(&world);
    assert_eq!(
        (step.state, step.due_at),
        (StepState::WaitingTime, Some(at("2026-03-09T09:00:00+02:00")))
    );
}

#[test]
fn a_robot_that_is_resumed_or_overdue_at_night_waits_for_the_morning() {
    let mut world = friday();
    automate(&mut world, json!({"working_time": {}}));
    world.deal(json!({}));

    let automation = Pausable::Automation("new".into());
    world.ok(|tx, ctx| job::pause(tx, ctx, &automation));
    let run = world.runs().remove(0).id;
    world.ok(|tx, ctx| pause(tx, ctx, &run, "late"));

    world.now = at("2026-03-06T23:00:00+02:00");
    world.ok(|tx, ctx| job::resume(tx, ctx, &automation));
    world.work();

    let step = postponed(&mut world);
    assert_eq!(
        (step.state, step.due_at),
        (StepState::WaitingTime, Some(at("2026-03-09T09:00:00+02:00")))
    );
    let note = "Fri 2026-03-06 23:00 is outside working time by calendar `default`, next is Mon \
        2026-03-09 09:00";
    assert_eq!(step.note.as_deref(), Some(note));

    // A host that was away all Monday.
    world.now = at("2026-03-09T20:00:00+02:00");
    assert_eq!(postponed(&mut world).due_at, Some(at("2026-03-10T09:00:00+02:00")));
}

#[test]
fn a_robot_whose_moment_is_the_end_of_the_day_runs_then() {
    let mut world = friday();
    automate(&mut world, json!({"run": {"after": "30m"}, "working_time": {}}));
    world.deal(json!({}));
    assert_eq!(only_step(&world).due_at, Some(at("2026-03-06T18:00:00+02:00")));

    world.now = at("2026-03-06T18:00:01+02:00");
    assert!(matches!(planned(&mut world), Planned::Call(_)));
}

#[test]
fn a_person_has_a_robot_run_again_at_any_hour() {
    let mut world = friday();
    automate(&mut world, json!({"working_time": {}}));
    world.deal(json!({}));
    let run = world.runs().remove(0).id;

    let attempt = Attempt {
        at: world.now,
        version: "1.2.3".into(),
        usage: Usage::default(),
        log: Vec::new(),
        error: None,
    };
    world.ok(|tx, ctx| {
        settle(
            tx,
            ctx,
            (&run, "late"),
            Ending::Skipped("nothing to do".into()),
            attempt.clone(),
            None,
        )
    });

    world.now = at("2026-03-07T03:00:00+02:00");
    world.ok(|tx, ctx| retry_run::rerun(tx, ctx, &run, "late"));

    assert!(matches!(planned(&mut world), Planned::Call(_)));
}

#[test]
fn a_new_responsible_employees_hours_count_from_then_on() {
    let mut world = friday();
    calendar(&mut world, "late-shift", "14:00-22:00").unwrap();
    automate(
        &mut world,
        json!({"run": {"after": "2h"}, "working_time": {"calendar": "responsible"}}),
    );

    let olha = world.create("user", json!({"name": "Olha", "calendar": "late-shift"}));
    let ira = world.create("user", json!({"name": "Ira"}));
    let item = world.deal(json!({"responsible": olha.id}));

    let fields = json!({"responsible": ira.id}).as_object().unwrap().clone();
    world.ok(|tx, ctx| change_record::decide(tx, ctx, &item, &fields, None));

    assert_eq!(only_step(&world).due_at, Some(at("2026-03-09T10:30:00+02:00")));
}

#[test]
fn a_calendar_that_is_not_there_is_refused_at_save() {
    let mut world = World::new();
    let robots = |calendar: &str| {
        json!([robot("late", "a", json!({"working_time": {"calendar": calendar}}))])
    };

    for calendar in ["tenant", "responsible", "line", "nowhere"] {
        let refusal = world.save("new", robots(calendar), json!([])).unwrap_err();
        assert_eq!(
            (refusal.code, refusal.field.as_deref()),
            ("calendar.missing", Some("robots[0].working_time.calendar"))
        );
    }

    let refusal = calendar(&mut world, "line", "09:00-18:00").unwrap_err();
    assert_eq!(refusal.code, "calendar.invalid");

    let line = json!({"name": "Support", "calendar": "nowhere"});
    let refusal = world
        .run(|tx, ctx| {
            put_line::decide(
                tx,
                ctx,
                "support",
                serde_json::from_value(line.clone()).unwrap(),
                None,
            )
        })
        .unwrap_err();
    assert_eq!(
        (refusal.code, refusal.field.as_deref()),
        ("record.dangling-link", Some("calendar"))
    );
}
