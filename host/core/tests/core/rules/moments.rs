//! Where a waiting robot's moment comes from, and what moves it.

use serde_json::{Value, json};

use stagewright_core::call::{Blame, CallFailure, Retry};
use stagewright_core::command::step::Ending;
use stagewright_core::command::{
    add_observers, change_record, move_item, publish_automation, put_automation,
};
use stagewright_core::context::{Actor, Cause, OpContext};
use stagewright_core::model::record::RecordRef;
use stagewright_core::model::run::{Step, StepState};
use stagewright_core::time::Timestamp;

use crate::rules::world::{World, minute, robot};

const DAY: i64 = 24 * 60;

fn change(world: &mut World, item: &RecordRef, fields: Value) {
    let fields = fields.as_object().unwrap().clone();
    world.ok(|tx, ctx| change_record::decide(tx, ctx, item, &fields, None));
    world.dispatch_quietly();
}

fn move_to(world: &mut World, item: &RecordRef, stage: &str) {
    world.ok(|tx, ctx| move_item::decide(tx, ctx, item, stage, None));
    world.dispatch_quietly();
}

/// The first run's step with this id.
fn step(world: &World, id: &str) -> Step {
    world.runs()[0].step(id).unwrap().1.clone()
}

fn kept(id: &str, more: Value) -> Value {
    let mut one = robot(id, "a", more);
    one["on_leave"] = json!("keep");
    one
}

#[test]
fn a_kept_robot_counts_from_when_the_item_came_to_its_own_stage() {
    let mut world = World::new();
    let second = kept("second", json!({"after_previous": true, "run": {"after": "1d"}}));
    world.automate(
        "new",
        json!([kept("first", json!({"run": {"after": "36h"}})), second]),
        json!([]),
    );
    let item = world.deal(json!({}));

    world.now = minute(DAY);
    move_to(&mut world, &item, "processed");
    world.now = minute(2 * DAY);
    world.settle_first(&Ending::Skipped("nothing to do".into()));

    // A day after it came to the robot's stage is over; a day after it came to the next one is not.
    let second = step(&world, "second");
    assert_eq!((second.state, second.due_at), (StepState::WaitingTime, Some(minute(2 * DAY))));
}

#[test]
fn a_kept_robot_of_an_item_that_left_before_its_event_was_dispatched_counts_from_that_event() {
    let mut world = World::new();
    world.automate("new", json!([kept("first", json!({"run": {"after": "1d"}}))]), json!([]));
    let item = world.create("deal", json!({"title": "Roof", "pipeline": "sales"}));

    world.now = minute(60);
    move_to(&mut world, &item, "processed");

    assert_eq!(step(&world, "first").due_at, Some(minute(DAY)));
}

#[test]
fn a_robot_that_counts_from_the_last_change_moves_with_every_change() {
    let mut world = World::new();
    let robots = json!([kept("quiet", json!({"run": {"after": "2d", "field": "updated_at"}}))]);
    world.automate("new", robots, json!([]));
    let item = world.deal(json!({}));

    let due = |world: &World| step(world, "quiet").due_at;
    assert_eq!(due(&world), Some(minute(2 * DAY)));

    world.now = minute(10);
    change(&mut world, &item, json!({"title": "Another roof"}));
    assert_eq!(due(&world), Some(minute(2 * DAY + 10)));

    world.now = minute(20);
    let user = world.create("user", json!({"name": "Olha"}));
    world.ok(|tx, ctx| add_observers::decide(tx, ctx, &item, std::slice::from_ref(&user.id)));
    assert_eq!(due(&world), Some(minute(2 * DAY + 20)));

    world.now = minute(30);
    move_to(&mut world, &item, "processed");
    assert_eq!(due(&world), Some(minute(2 * DAY + 30)));
}

#[test]
fn a_robot_that_changes_the_date_it_counts_from_does_so_and_is_done() {
    let mut world = World::new();
    let dated = json!({"run": {"after": "1m", "field": "close_at"}, "if_past": "skip"});
    world.automate("new", json!([robot("dated", "a", dated)]), json!([]));
    let item = world.deal(json!({"close_at": minute(10)}));
    let run = world.runs().remove(0);

    // Its own change, as the step makes it: to a date that was past when the deal came to the
    // stage.
    let actor = Actor::Automation { automation: "new".into(), robot: "dated".into() };
    let ctx =
        OpContext { actor, cause: Cause { run: Some(run.id), ..Cause::default() }, ..world.ctx() };
    let fields = json!({"close_at": minute(-600)}).as_object().unwrap().clone();
    world.run_as(&ctx, |tx, ctx| change_record::decide(tx, ctx, &item, &fields, None)).unwrap();
    assert_eq!(step(&world, "dated").state, StepState::WaitingTime);

    world.now = minute(11);
    world.settle_first(&Ending::Skipped("nothing to do".into()));
    assert!(step(&world, "dated").state.is_over());
}

#[test]
fn an_item_that_waits_under_many_versions_can_be_changed() {
    let mut world = World::new();
    let item = world.deal(json!({"close_at": "2026-03-10T10:00:00Z"}));
    let robots = json!([kept("dated", json!({"run": {"before": "1h", "field": "close_at"}}))]);
    for _ in 0..12 {
        let draft = json!({
            "kind": "deal", "pipeline": "sales", "stage": "new", "robots": robots, "triggers": [],
        });

        world.ok(|tx, ctx| {
            put_automation::decide(
                tx,
                ctx,
                "new",
                serde_json::from_value(draft.clone()).unwrap(),
                None,
            )
        });
        world.ok(|tx, ctx| publish_automation::decide(tx, ctx, "new"));

        move_to(&mut world, &item, "processed");
        move_to(&mut world, &item, "new");
    }

    change(&mut world, &item, json!({"close_at": "2026-03-20T10:00:00Z"}));
    let dues: Vec<_> = world.runs().iter().map(|run| run.steps[0].due_at).collect();
    assert_eq!(dues, vec![Some("2026-03-20T09:00:00Z".parse::<Timestamp>().unwrap()); 12]);
}

#[test]
fn a_robot_whose_date_was_emptied_does_not_say_how_its_moment_was_found() {
    let mut world = World::new();
    world.automate(
        "new",
        json!([robot("dated", "a", json!({"run": {"before": "1h", "field": "close_at"}}))]),
        json!([]),
    );
    let item = world.deal(json!({"close_at": "2020-03-10T10:00:00Z"}));
    assert!(step(&world, "dated").note.unwrap().starts_with("anchor in the past"));

    change(&mut world, &item, json!({"close_at": null}));
    let step = step(&world, "dated");
    assert_eq!(
        (step.state, step.note),
        (StepState::WaitingField { field: "close_at".into() }, None)
    );
}

#[test]
fn a_server_that_asks_to_be_left_alone_for_years_is_asked_again_after_a_day() {
    let mut world = World::new();
    world.automate("new", json!([robot("ask", "a", json!({}))]), json!([]));
    world.deal(json!({}));

    let failure = CallFailure {
        blame: Blame::Caller,
        code: "plugin.busy".into(),
        message: "come back later".into(),
        setting: None,
        retry: Retry::After(i64::from(u32::MAX) * 1_000),
    };

    world.settle_first(&Ending::Failed(failure));
    assert_eq!(step(&world, "ask").due_at, Some(minute(DAY)));
}
