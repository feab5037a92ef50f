//! What a pause holds, and what it does not.

use serde_json::json;

use stagewright_core::call::{Blame, Retry};
use stagewright_core::command::step;
use stagewright_core::model::pauses::{Pause, Pauses};
use stagewright_core::model::plugin::Plugin;
use stagewright_core::why::Verdict;

use super::{failure, of_robot, of_trigger, paused, says, settle};
use crate::rules::world::{TENANT, World, minute, robot, trigger};

#[test]
fn what_is_paused_says_so_before_its_moment_and_before_any_event() {
    let mut world = World::new();
    world.automate("new", json!([robot("a", "hi", json!({"run": {"after": "1h"}}))]), json!([]));
    world.automate("processed", json!([]), json!([trigger("t", json!({}))]));
    let item = world.deal(json!({}));

    let pause = || Pause { since: minute(0), by: "admin".into() };
    let automations = ["new", "processed"].map(|id| (id.to_owned(), pause())).into();
    world.put(Pauses::key(TENANT), &Pauses { automations, ..Pauses::default() });

    let waits = of_robot(&mut world, &item, "a");
    assert!(
        waits
            .sentence
            .ends_with("; the automation is paused: unless it is resumed by then, the robot waits"),
        "{}",
        waits.sentence
    );

    let sentence = "trigger `t` moves nothing now: the automation is paused";
    says(&of_trigger(&mut world, &item, "t"), Verdict::Paused, sentence);
}

#[test]
fn whatever_is_still_to_run_says_that_a_pause_will_hold_it() {
    let mut world = World::new();
    let robots = json!([
        robot("a", "hi", json!({"run": {"before": "1d", "field": "close_at"}})),
        robot("b", "hi", json!({"after_previous": true})),
        robot("c", "hi", json!({})),
    ]);
    world.automate("new", robots, json!([]));
    let item = world.deal(json!({}));

    settle(&mut world, &failure(Blame::Remote, Retry::After(0)));
    paused(&mut world, true, true);

    for (id, verdict) in
        [("a", Verdict::WaitsForField), ("b", Verdict::WaitsForPrevious), ("c", Verdict::Retrying)]
    {
        let answer = of_robot(&mut world, &item, id);
        assert_eq!(answer.verdict, verdict);
        let end = "; the plugin is paused: unless it is resumed by then, the robot waits";
        assert!(answer.sentence.ends_with(end), "{}", answer.sentence);
    }

    paused(&mut world, false, false);
    assert!(!of_robot(&mut world, &item, "a").sentence.contains("paused"));
}

#[test]
fn a_robot_that_sends_says_that_all_sending_is_paused() {
    let mut world = World::new();
    world.automate("new", json!([robot("a", "hi", json!({"run": {"after": "1h"}}))]), json!([]));
    let item = world.deal(json!({}));

    paused(&mut world, false, true);
    assert!(!of_robot(&mut world, &item, "a").sentence.contains("paused"), "it sends nothing");

    let plugin: Plugin = world.get(&Plugin::key("test.kit")).unwrap();
    let imports = vec!["stagewright:messaging/messaging@0.1.0#send".to_owned()];
    world.put(Plugin::key("test.kit"), &Plugin { imports, ..plugin });

    let answer = of_robot(&mut world, &item, "a");
    let end = "; all sending is paused: unless it is resumed by then, what the robot sends waits";
    assert!(answer.sentence.ends_with(end), "{}", answer.sentence);
}

#[test]
fn what_is_over_or_does_its_work_already_is_held_by_no_pause() {
    let mut world = World::new();
    world.automate(
        "new",
        json!([robot("a", "hi", json!({})), robot("b", "hi", json!({}))]),
        json!([]),
    );
    let item = world.deal(json!({}));

    let done = |until| step::Ending::Done {
        results: serde_json::Map::new(),
        effects: Vec::new(),
        deliveries: Vec::new(),
        until,
    };

    settle(&mut world, &done(Some(minute(30))));
    settle(&mut world, &done(None));
    paused(&mut world, true, true);

    for (id, verdict) in [("a", Verdict::Waits), ("b", Verdict::Ran)] {
        let answer = of_robot(&mut world, &item, id);
        assert_eq!(answer.verdict, verdict);
        assert!(!answer.sentence.contains("paused"), "{}", answer.sentence);
    }
}
