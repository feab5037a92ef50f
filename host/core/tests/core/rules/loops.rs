//! Automation that leads to itself comes to an end, and says how it came there.

use serde_json::{Map, json};

use stagewright_core::call::{Usage, Verdict};
use stagewright_core::command::move_item;
use stagewright_core::command::step::{Ending, Planned, plan, settle};
use stagewright_core::context::OpContext;
use stagewright_core::key::Queue;
use stagewright_core::model::due::Due;
use stagewright_core::model::event::Outcome;
use stagewright_core::model::record::Lane;
use stagewright_core::model::run::{Attempt, StepState};
use stagewright_core::time::Timestamp;
use stagewright_core::{command::change_record, limits::DEPTH_MAX, limits::LOOP_RUNS_MAX};

use crate::rules::world::{World, minute, robot, trigger};

/// Runs the step that is due first; `effect` is what its robot does. Gives whether there was one.
fn run_step(world: &mut World, effect: impl Fn(&mut World, &OpContext)) -> bool {
    let Some((_, Due::Step { run, step, .. })) = world.due(Queue::Step).into_iter().next() else {
        return false;
    };
    let Planned::Call(planned) = world.ok(|tx, ctx| plan(tx, ctx, &run, &step)) else { panic!() };

    let attempt = Attempt {
        at: world.now,
        version: "1.2.3".into(),
        usage: Usage::default(),
        log: Vec::new(),
        error: None,
    };
    let ending = Ending::Done {
        results: Map::new(),
        effects: Vec::new(),
        deliveries: Vec::new(),
        until: None,
    };
    world.ok(|tx, ctx| settle(tx, ctx, (&run, &step), ending.clone(), attempt.clone(), None));

    // As its own command: ids differ by its place in the story.
    let ctx = OpContext { command_id: world.ctx().command_id, now: world.now, ..planned.ctx };
    effect(world, &ctx);
    true
}

#[test]
fn two_automations_that_move_an_item_back_and_forth_end_with_the_path_shown() {
    let mut world = World::new();
    world.automate("new", json!([robot("forth", "a", json!({}))]), json!([]));
    world.automate("processed", json!([robot("back", "a", json!({}))]), json!([]));
    let item = world.create("deal", json!({"title": "Roof", "pipeline": "sales"}));
    world.dispatch_quietly();

    let mut moves = 0;
    let target = item.clone();
    while run_step(&mut world, |world, ctx| {
        let stage = if world.record(&target).text("stage") == "new" { "processed" } else { "new" };
        world.run_as(ctx, |tx, ctx| move_item::decide(tx, ctx, &target, stage, None)).unwrap();
    }) {
        moves += 1;
        world.now = world.now.plus_ms(1);
        world.dispatch_quietly();
        assert!(moves <= DEPTH_MAX, "the loop is not cut");
    }

    assert_eq!(moves, DEPTH_MAX);
    let Some(Outcome::LoopGuard { path }) = world.outcomes(&item).pop() else {
        panic!("{:?}", world.outcomes(&item))
    };
    assert_eq!(path.len(), DEPTH_MAX);
    assert_eq!((path[0].as_str(), path[1].as_str()), ("new/forth", "processed/back"));
}

#[test]
fn a_robot_whose_change_fires_a_trigger_that_starts_it_again_is_cut() {
    let mut world = World::new();
    // Each stage has a robot that changes the item, and a trigger that any change fires.
    let listening = |id: &str| {
        trigger(id, json!({"trigger": "changed", "settings": {}, "allow_back_move": true}))
    };

    world.automate("new", json!([robot("one", "a", json!({}))]), json!([listening("back")]));
    world.automate("processed", json!([robot("two", "a", json!({}))]), json!([listening("forth")]));
    let item = world.create("deal", json!({"title": "Roof", "pipeline": "sales"}));
    world.dispatch_quietly();

    let (mut steps, target) = (0, item.clone());
    while run_step(&mut world, |world, ctx| {
        let fields = json!({"title": format!("Roof {}", ctx.now)}).as_object().unwrap().clone();
        world
            .run_as(ctx, |tx, ctx| change_record::decide(tx, ctx, &target, &fields, None))
            .unwrap();
    }) {
        steps += 1;
        world.now = world.now.plus_ms(1);
        world.dispatch(&|_| Verdict::Fire);
        assert!(steps <= DEPTH_MAX, "the loop is not cut");
    }

    // Robot and trigger are both on the path.
    assert_eq!(steps, DEPTH_MAX / 2);
    let Some(Outcome::LoopGuard { path }) = world.outcomes(&item).pop() else {
        panic!("{:?}", world.outcomes(&item))
    };
    assert_eq!(path[..3], ["new/one", "processed/forth", "processed/two"]);
}

#[test]
fn a_robot_runs_a_hundred_times_for_an_item_in_ten_minutes_and_again_after_that() {
    let mut world = World::new();
    world.automate("new", json!([robot("one", "a", json!({}))]), json!([]));
    let item = world.create("deal", json!({"title": "Roof", "pipeline": "sales"}));
    world.dispatch_quietly();

    let come_back = |world: &mut World, at: Timestamp| {
        world.now = at;
        for stage in ["processed", "new"] {
            world.ok(|tx, ctx| move_item::decide(tx, ctx, &item, stage, None));
            world.dispatch_quietly();
        }
        !matches!(world.runs().pop().unwrap().steps[0].state, StepState::LoopGuard { .. })
    };

    // The first ran when the item was created, all others in the last second of the ten minutes
    // that began then.
    let late = minute(10).plus_ms(-1_000);
    for ms in (1..).take(LOOP_RUNS_MAX - 1) {
        assert!(come_back(&mut world, late.plus_ms(ms)), "{ms}");
    }
    assert!(!come_back(&mut world, minute(10).plus_ms(-1)));

    // The first is ten minutes old and makes room for one, and there is room for all once the
    // others are.
    assert!(come_back(&mut world, minute(10)));
    assert!(!come_back(&mut world, minute(11)));
    assert!(!come_back(&mut world, late.plus_ms(600_000)));
    assert!((1..LOOP_RUNS_MAX).all(|_| come_back(&mut world, minute(20).plus_ms(-1))));
}

#[test]
fn a_lane_that_an_earlier_host_wrote_is_read_and_counts_anew() {
    let old =
        json!({"seq": 3, "at": 0, "dispatched": 3, "runs": [], "recent": {"new/one": [0, 100]}});
    let lane: Lane = serde_json::from_value(old).unwrap();
    assert!(lane.started.is_empty());
}
