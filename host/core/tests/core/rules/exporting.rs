//! Gathering what stands on a pipeline.

use serde_json::{Value, json};

use stagewright_core::command::{export_automations, put_calendar};

use crate::rules::world::{TENANT, World, robot};

/// A tenant with the calendars `default`, `night` and `other`.
fn world() -> World {
    let mut world = World::new();
    for id in ["default", "night", "other"] {
        let calendar =
            json!({"name": id, "time_zone": "Europe/Kyiv", "week": {"mon": ["09:00-18:00"]}});
        world.ok(|tx, ctx| {
            put_calendar::decide(
                tx,
                ctx,
                id,
                serde_json::from_value(calendar.clone()).unwrap(),
                None,
            )
        });
    }

    world
}

/// The calendars that come along with a robot that has these settings.
fn calendars(world: &mut World, kind: &str, settings: Value) -> Vec<String> {
    let robots = json!([robot("one", "", json!({"robot": kind, "settings": settings}))]);
    world.save("new", robots, json!([])).unwrap();

    let found = world.ok(|tx, _| export_automations::look(tx, TENANT, "sales"));
    assert_eq!(found.automations.len(), 1);
    found.calendars.into_iter().map(|calendar| calendar.id).collect()
}

#[test]
fn the_calendar_that_a_robot_counts_by_unless_told_otherwise_comes_along() {
    let mut world = world();

    assert_eq!(calendars(&mut world, "count", json!({"due_working": "count"})), ["default"]);
    assert_eq!(
        calendars(&mut world, "count", json!({"due_working": "count", "due_calendar": ""})),
        ["default"]
    );
    assert_eq!(
        calendars(&mut world, "count", json!({"due_working": "count", "due_calendar": "night"})),
        ["night"]
    );

    // Whoever counts no working time needs no calendar, unless one is written down, which has to be
    // there when it is saved.
    assert!(calendars(&mut world, "count", json!({})).is_empty());
    assert_eq!(calendars(&mut world, "count", json!({"due_calendar": "night"})), ["night"]);
}

#[test]
fn a_calendar_is_known_by_its_kind_and_not_by_its_key() {
    let mut world = world();

    assert_eq!(calendars(&mut world, "open", json!({"hours": "night"})), ["night"]);
    assert_eq!(calendars(&mut world, "open", json!({})), ["default"]);
    assert!(calendars(&mut world, "say", json!({"text": "night"})).is_empty());
}

#[test]
fn the_calendar_of_a_robots_time_comes_along_and_a_missing_one_is_left_out() {
    let mut world = world();
    let robots = json!([robot("one", "hi", json!({"working_time": {"calendar": "night"}}))]);
    world.save("new", robots, json!([])).unwrap();

    let found = world.ok(|tx, _| export_automations::look(tx, TENANT, "sales"));
    assert_eq!(
        found.calendars.iter().map(|calendar| calendar.id.as_str()).collect::<Vec<_>>(),
        ["night"]
    );

    let mut bare = World::new();
    assert!(calendars(&mut bare, "count", json!({"due_working": "count"})).is_empty());
    assert_eq!(
        bare.run(|tx, _| export_automations::look(tx, TENANT, "nothing")).unwrap_err().code,
        "not-found"
    );
}
