//! What triggers did, or what keeps them from it.

use serde_json::json;

use stagewright_core::model::plugin::{Grant, Plugin};
use stagewright_core::why::Verdict;

use super::{START, accepted, move_to, of_robot, of_trigger, paused, says};
use crate::rules::world::{TENANT, World, robot, trigger};

#[test]
fn triggers_say_that_they_moved_lost_or_did_not_want_to() {
    let mut world = World::new();
    world.automate(
        "processed",
        json!([]),
        json!([trigger("first", json!({"name": "Accepted"})), trigger("not", json!({}))]),
    );
    world.automate("won", json!([]), json!([trigger("later", json!({}))]));
    let item = accepted(&mut world, &|id| id != "not");

    let moved = of_trigger(&mut world, &item, "processed/first");
    says(
        &moved,
        Verdict::Ran,
        &format!(
            "trigger `Accepted` moved the item to Processed at {START}, because of \
             conversation.accepted"
        ),
    );
    assert!(moved.event.is_some());

    let lost = of_trigger(&mut world, &item, "won/later");
    let sentence = format!(
        "trigger `later` would have moved the item to Won at {START}, but `processed/first`, \
         which stands earlier, moved it"
    );
    says(&lost, Verdict::Lost, &sentence);

    let skipped = of_trigger(&mut world, &item, "not");
    let sentence = format!(
        "trigger `not` did not move the item to Processed at {START}, when conversation.accepted \
         came: it is another line"
    );
    says(&skipped, Verdict::Skipped, &sentence);
}

#[test]
fn a_trigger_that_was_never_asked_says_what_it_waits_for_or_why_it_cannot_move() {
    let mut world = World::new();
    world.automate("new", json!([]), json!([trigger("back", json!({}))]));
    world.automate("processed", json!([]), json!([trigger("on", json!({}))]));
    let item = world.deal(json!({}));

    let sentence = format!(
        "trigger `on` moved nothing: it listens to conversation.accepted, and nothing of the kind \
         has come for this item since it was \
         published at {START}"
    );
    says(&of_trigger(&mut world, &item, "on"), Verdict::WaitsForEvent, &sentence);

    move_to(&mut world, &item, "processed");
    let sentence = "trigger `back` cannot move the item: new comes before processed and \
        allow_back_move is off";
    says(&of_trigger(&mut world, &item, "back"), Verdict::CannotMove, sentence);

    move_to(&mut world, &item, "won");
    let sentence =
        "trigger `on` cannot move the item: won is a final stage and allow_reopen is off";
    says(&of_trigger(&mut world, &item, "on"), Verdict::CannotMove, sentence);
}

#[test]
fn a_trigger_that_was_asked_before_says_what_keeps_it_from_being_asked_now() {
    let mut world = World::new();
    world.automate("processed", json!([]), json!([trigger("t", json!({}))]));
    let item = accepted(&mut world, &|_| true);

    let moved = format!(
        "trigger `t` moved the item to Processed at {START}, because of conversation.accepted"
    );
    says(&of_trigger(&mut world, &item, "t"), Verdict::Ran, &moved);

    paused(&mut world, true, false);
    let answer = of_trigger(&mut world, &item, "t");
    says(&answer, Verdict::Ran, &format!("{moved}; it moves nothing now: the plugin is paused"));

    world.rows.remove(&Grant::key(TENANT, "test.kit"));
    let answer = of_trigger(&mut world, &item, "t");
    let why = "the plugin `test.kit` is not enabled for this tenant";
    says(&answer, Verdict::Ran, &format!("{moved}; it moves nothing now: {why}"));
}

#[test]
fn a_plugin_that_is_gone_or_not_enabled_is_the_reason() {
    let mut world = World::new();
    world.automate(
        "new",
        json!([robot("a", "hi", json!({"run": {"after": "1h"}}))]),
        json!([trigger("t", json!({}))]),
    );
    let item = world.deal(json!({}));

    world.rows.remove(&Grant::key(TENANT, "test.kit"));
    let waits = of_robot(&mut world, &item, "a");
    let sentence = "robot `a` will run at Sun 2025-06-15 19:06:40 (1h after the item came to the \
        stage); as things stand it will fail \
                    then, because the plugin `test.kit` is not enabled for this tenant";
    says(&waits, Verdict::WillRun, sentence);

    let sentence =
        "trigger `t` cannot move anything: the plugin `test.kit` is not enabled for this tenant";
    says(&of_trigger(&mut world, &item, "t"), Verdict::PluginNotEnabled, sentence);

    world.rows.remove(&Plugin::key("test.kit"));
    let sentence = "trigger `t` cannot move anything: the plugin `test.kit` is not installed";
    says(&of_trigger(&mut world, &item, "t"), Verdict::PluginMissing, sentence);
}
