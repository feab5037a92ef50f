//! Activities, and what leaving a stage does to them.

use serde_json::json;

use stagewright_core::command::{delete_record, move_item};
use stagewright_core::model::record::Lane;

use super::{change, deal, events, linked, refused, timeline, told};
use crate::rules::world::{TENANT, World, minute};

#[test]
fn leaving_the_stage_completes_activities_that_are_to_be() {
    // S4-45
    let mut world = World::new();
    let item = deal(&mut world);
    let open = json!({
        "type": "call", "subject": "Call back", "item": item, "due": "2026-11-23T10:00:00Z",
    });

    let call = world.create("activity", open);
    let by_hand =
        json!({"type": "meeting", "subject": "Meet", "item": item, "auto_complete": false});
    let meeting = world.create("activity", by_hand);

    assert_eq!(world.record(&call).text("status"), "planned");
    assert_eq!(linked(&world, "activity", &item).len(), 2);

    world.now = minute(5);
    world.ok(|tx, ctx| move_item::decide(tx, ctx, &item, "processed", None));

    assert_eq!(world.record(&call).text("status"), "completed");
    assert_eq!(world.record(&call).moment("completed_at"), Some(minute(5)));
    assert_eq!(world.record(&meeting).text("status"), "planned");
    assert_eq!(timeline(&world, &item).last().unwrap(), "activity completed: Call back");
    assert_eq!(told(&world, "activity.completed"), vec![item.clone()]);
    assert!(world.get::<Lane>(&item.lane_key(TENANT)).unwrap().activities.is_empty());

    world.ok(|tx, ctx| move_item::decide(tx, ctx, &item, "new", None));
    assert_eq!(events(&world, "activity.completed").len(), 1);
}

#[test]
fn an_activity_that_is_over_is_not_completed_again_by_leaving() {
    let mut world = World::new();
    let item = deal(&mut world);

    let done = world.create("activity", json!({"type": "call", "subject": "Done", "item": item}));
    let gone = world.create("activity", json!({"type": "call", "subject": "Gone", "item": item}));
    let kept = world.create("activity", json!({"type": "call", "subject": "Kept", "item": item}));

    change(&mut world, &done, json!({"status": "completed"}));
    change(&mut world, &kept, json!({"auto_complete": false}));
    world.ok(|tx, ctx| delete_record::decide(tx, ctx, &gone, None, None));

    assert!(world.get::<Lane>(&item.lane_key(TENANT)).unwrap().activities.is_empty());

    world.ok(|tx, ctx| move_item::decide(tx, ctx, &item, "processed", None));

    assert_eq!(events(&world, "activity.completed").len(), 1);
    assert_eq!(world.record(&kept).text("status"), "planned");
}

#[test]
fn an_activity_that_goes_to_another_item_is_completed_with_that_one() {
    let mut world = World::new();
    let (first, second) = (deal(&mut world), deal(&mut world));

    let call = world.create("activity", json!({"type": "call", "subject": "Call", "item": first}));

    change(&mut world, &call, json!({"item": second}));
    world.ok(|tx, ctx| move_item::decide(tx, ctx, &first, "processed", None));

    assert_eq!(world.record(&call).text("status"), "planned");

    world.ok(|tx, ctx| move_item::decide(tx, ctx, &second, "processed", None));
    assert_eq!(world.record(&call).text("status"), "completed");
}

#[test]
fn an_item_has_no_more_open_activities_than_a_move_can_complete() {
    let mut world = World::new();
    let item = deal(&mut world);

    let call = json!({"type": "call", "subject": "Call", "item": item});
    for _ in 0..100 {
        world.create("activity", call.clone());
    }

    assert_eq!(refused(&mut world, "activity", call), ("activity.too-many", "fields.item".into()));

    world.ok(|tx, ctx| move_item::decide(tx, ctx, &item, "processed", None));
    assert_eq!(events(&world, "activity.completed").len(), 100);
}
