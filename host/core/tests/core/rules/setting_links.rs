//! What settings name has to be there when they are saved.

use serde_json::{Value, json};

use stagewright_core::command::{put_calendar, put_pipeline, webhook};
use stagewright_core::model::group::Group;

use crate::rules::world::{TENANT, World, robot, trigger};

/// The refusal of a robot with these settings.
fn refused(world: &mut World, settings: Value) -> (&'static str, String) {
    let robots = json!([robot("one", "", json!({"robot": "names", "settings": settings}))]);
    let refusal = world.save("new", robots, json!([])).unwrap_err();
    (refusal.code, refusal.field.unwrap_or_default())
}

fn saved(world: &mut World, settings: Value) {
    let robots = json!([robot("one", "", json!({"robot": "names", "settings": settings}))]);
    assert_eq!(world.save("new", robots, json!([])), Ok(()));
}

#[test]
fn what_is_not_there_is_refused_by_setting() {
    let mut world = World::new();
    for (settings, code, field) in [
        (json!({"pipeline": "repairs"}), "settings.unknown-pipeline", "pipeline"),
        (json!({"stage": "lost"}), "settings.unknown-stage", "stage"),
        (json!({"stages": ["new", "lost"]}), "settings.unknown-stage", "stages[1]"),
        (json!({"field": "titel"}), "settings.unknown-field", "field"),
        (json!({"date": "title"}), "settings.not-a-date", "date"),
        (json!({"group": "night"}), "settings.unknown-group", "group"),
        (json!({"calendar": "night"}), "settings.unknown-calendar", "calendar"),
        (json!({"calendar": "responsible"}), "settings.unknown-calendar", "calendar"),
        (json!({"to": ["supervisor", "user:u9"]}), "record.dangling-link", "to[1]"),
        (json!({"to": ["boss"]}), "settings.wrong-type", "to[0]"),
        (json!({"field": "stage"}), "settings.use-stage", "field"),
        (json!({"field": "pipeline"}), "settings.use-stage", "field"),
    ] {
        assert_eq!(refused(&mut world, settings), (code, format!("robots[0].settings.{field}")));
    }
}

#[test]
fn a_text_that_must_be_said_and_says_nothing_is_refused() {
    let mut world = World::new();
    for blank in ["", "  "] {
        let refusal =
            world.save("new", json!([robot("one", blank, json!({}))]), json!([])).unwrap_err();
        assert_eq!(
            (refusal.code, refusal.field.as_deref()),
            ("settings.missing", Some("robots[0].settings.text"))
        );
    }

    let trigger = trigger("one", json!({"trigger": "left-alone", "settings": {"after": "1831d"}}));
    let refusal = world.save("new", json!([]), json!([trigger])).unwrap_err();
    assert_eq!(
        (refusal.code, refusal.field.as_deref()),
        ("settings.out-of-bounds", Some("triggers[0].settings.after"))
    );
}

#[test]
fn what_is_there_is_saved() {
    let mut world = World::new();
    let user = world.create("user", json!({"name": "Olha"}));
    let night: Group =
        serde_json::from_value(json!({"id": "night", "name": "Night", "members": []})).unwrap();
    world.put(Group::key(TENANT, "night"), &night);

    world.ok(|tx, ctx| {
        let week = json!({"mon": ["09:00-18:00"]});
        let calendar = json!({"name": "Office", "time_zone": "Europe/Kyiv", "week": week});
        put_calendar::decide(tx, ctx, "default", serde_json::from_value(calendar).unwrap(), None)
    });

    saved(
        &mut world,
        json!({
            "pipeline": "sales", "stage": "won", "stages": ["new", "won"], "field": "title",
            "date": "stage_entered_at", "group": "night", "calendar": "responsible",
            "to": ["supervisor", format!("user:{}", user.id)],
        }),
    );

    saved(
        &mut world,
        json!({
            "pipeline": "", "stage": "", "stages": [], "field": null, "date": "", "group": "",
            "calendar": "",
        }),
    );
}

#[test]
fn stages_are_those_of_the_pipeline_that_is_named_beside_them() {
    let mut world = World::new();
    let repairs =
        json!({"kind": "deal", "name": "Repairs", "stages": [{"id": "broken", "name": "Broken"}]});
    world.ok(|tx, ctx| {
        put_pipeline::decide(
            tx,
            ctx,
            "repairs",
            serde_json::from_value(repairs.clone()).unwrap(),
            None,
        )
    });

    saved(&mut world, json!({"pipeline": "repairs", "stages": ["broken"]}));
    assert_eq!(
        refused(&mut world, json!({"pipeline": "repairs", "stages": ["new"]})).0,
        "settings.unknown-stage"
    );
    assert_eq!(refused(&mut world, json!({"stages": ["broken"]})).0, "settings.unknown-stage");
}

#[test]
fn a_field_that_changes_by_moving_alone_is_refused_with_what_to_use_instead() {
    let mut world = World::new();
    let robots =
        json!([robot("one", "", json!({"robot": "names", "settings": {"field": "stage"}}))]);
    let message = world.save("new", robots, json!([])).unwrap_err().message;
    assert!(
        message.contains("`item.stage` and `changed`") && message.contains("change-stage"),
        "{message}"
    );

    let robots =
        json!([robot("one", "", json!({"robot": "names", "settings": {"field": "titel"}}))]);
    let message = world.save("new", robots, json!([])).unwrap_err().message;
    assert!(message.contains("title") && !message.contains("stage"), "{message}");
}

#[test]
fn an_employee_who_was_deactivated_is_refused_by_setting() {
    let mut world = World::new();
    let left = world.create("user", json!({"name": "Left", "active": false})).id;

    let found = refused(&mut world, json!({"to": ["responsible", format!("user:{left}")]}));
    assert_eq!(found, ("record.inactive-user", "robots[0].settings.to[1]".to_owned()));
}

#[test]
fn a_webhook_that_a_trigger_waits_for_has_to_be_there() {
    let mut world = World::new();
    let triggers =
        json!([trigger("called", json!({"trigger": "called", "settings": {"code": "bank"}}))]);

    let refusal = world.save("new", json!([]), triggers.clone()).unwrap_err();
    assert_eq!(
        (refusal.code, refusal.field.as_deref()),
        ("settings.unknown-webhook", Some("triggers[0].settings.code"))
    );

    world.ok(|tx, ctx| webhook::put(tx, ctx, "bank", ("Bank", "k"), None));
    assert_eq!(world.save("new", json!([]), triggers), Ok(()));
}
