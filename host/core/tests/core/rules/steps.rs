//! What becomes of a run as its steps are tried.

use serde_json::{Map, json};

use stagewright_core::call::{Blame, CallFailure, Retry, Usage};
use stagewright_core::command::step::{Ending, Planned, finish, plan, settle};
use stagewright_core::command::{invoke_robot, move_item, retry_run};
use stagewright_core::context::{Actor, OpContext};
use stagewright_core::key::Queue;
use stagewright_core::limits::OPEN_RUNS_MAX;
use stagewright_core::model::ending::{CancelReason, FailureClass};
use stagewright_core::model::record::RecordRef;
use stagewright_core::model::run::{Attempt, StepState};
use stagewright_core::overtaken::Overtaken;

use crate::rules::world::{World, minute, robot};

fn attempt(world: &World) -> Attempt {
    Attempt {
        at: world.now,
        version: "1.2.3".into(),
        usage: Usage::default(),
        log: Vec::new(),
        error: None,
    }
}

fn failed(retry: Retry) -> Ending {
    let (code, message) = ("plugin.recipient-empty".into(), "recipient phone is empty".into());
    Ending::Failed(CallFailure { blame: Blame::Caller, code, message, setting: None, retry })
}

fn done(results: serde_json::Value) -> Ending {
    Ending::Done {
        results: results.as_object().unwrap().clone(),
        effects: Vec::new(),
        deliveries: Vec::new(),
        until: None,
    }
}

fn chain(world: &mut World, second: serde_json::Value) -> RecordRef {
    let mut more = json!({"after_previous": true});
    more.as_object_mut().unwrap().extend(second.as_object().unwrap().clone());
    let robots =
        json!([robot("get", "a", json!({})), robot("send", "to {{ robots.get.said }}", more)]);
    world.automate("new", robots, json!([]));

    let item = world.create("deal", json!({"title": "Roof", "pipeline": "sales"}));
    world.dispatch_quietly();
    item
}

#[test]
fn the_next_robot_runs_when_the_one_before_is_over_and_sees_its_results() {
    // S0-12, S0-14
    let mut world = World::new();
    chain(&mut world, json!({}));
    world.settle_first(&done(json!({"said": "hello"})));

    let run = world.runs().remove(0);
    assert_eq!(
        (run.steps[0].state.clone(), run.steps[1].state.clone()),
        (StepState::Done, StepState::WaitingTime)
    );

    let planned = world.ok(|tx, ctx| plan(tx, ctx, &run.id, "send"));
    let Planned::Call(planned) = planned else { panic!("{planned:?}") };
    assert_eq!(planned.context.settings["text"], json!("to hello"));
}

#[test]
fn a_failure_does_not_stop_the_next_robot_unless_it_says_so() {
    // S0-18, S0-23
    let mut world = World::new();
    chain(&mut world, json!({}));
    world.settle_first(&failed(Retry::Never));
    assert_eq!(world.runs()[0].steps[1].state, StepState::WaitingTime);

    let mut world = World::new();
    chain(&mut world, json!({"on_previous_failure": "stop"}));
    world.settle_first(&failed(Retry::Never));
    assert_eq!(
        world.runs()[0].steps[1].state,
        StepState::Cancelled { reason: CancelReason::PreviousFailed }
    );
    assert!(world.runs()[0].ended_at.is_some());
}

#[test]
fn a_transient_failure_is_tried_again_later_and_a_permanent_one_is_not() {
    let mut world = World::new();
    chain(&mut world, json!({}));
    world.settle_first(&failed(Retry::After(60_000)));

    let run = world.runs().remove(0);
    assert_eq!(
        (run.steps[0].state.clone(), run.steps[0].due_at),
        (StepState::WaitingTime, Some(world.now.plus_ms(60_000)))
    );
    assert_eq!(run.steps[1].state, StepState::WaitingPrevious);

    for _ in 0..4 {
        world.settle_first(&failed(Retry::After(0)));
    }
    let run = world.runs().remove(0);
    assert!(
        matches!(run.steps[0].state, StepState::Failed { class: FailureClass::Transient, .. }),
        "{:?}",
        run.steps[0].state
    );
    assert_eq!(run.steps[0].tries, 5);
}

#[test]
fn a_step_that_was_cancelled_meanwhile_settles_nothing() {
    // S0-31, the move committed first.
    let mut world = World::new();
    let item = chain(&mut world, json!({}));
    world.ok(|tx, ctx| move_item::decide(tx, ctx, &item, "processed", None));

    let run = world.runs().remove(0);
    let attempt = attempt(&world);
    let overtaken = world.overtaken(|tx, ctx| {
        settle(tx, ctx, (&run.id, "get"), done(json!({})), attempt.clone(), None)
    });

    assert_eq!(overtaken, Overtaken::StepOver);
}

#[test]
fn a_step_waits_while_an_event_of_its_item_is_not_dispatched() {
    let mut world = World::new();
    let item = chain(&mut world, json!({}));
    let fields = json!({"title": "Another roof"}).as_object().unwrap().clone();
    world.ok(|tx, ctx| {
        stagewright_core::command::change_record::decide(tx, ctx, &item, &fields, None)
    });

    let run = world.runs().remove(0);
    assert!(matches!(world.ok(|tx, ctx| plan(tx, ctx, &run.id, "get")), Planned::NotYet));

    world.dispatch_quietly();
    assert!(matches!(world.ok(|tx, ctx| plan(tx, ctx, &run.id, "get")), Planned::Call(_)));
}

#[test]
fn an_invoked_robot_is_not_cancelled_by_a_move() {
    let mut world = World::new();
    let item = world.create("deal", json!({"title": "Roof", "pipeline": "sales"}));
    world.dispatch_quietly();

    let settings: Map<_, _> = json!({"text": "hi"}).as_object().unwrap().clone();
    world.ok(|tx, ctx| invoke_robot::decide(tx, ctx, "test.kit", "say", &item, &settings));
    world.ok(|tx, ctx| move_item::decide(tx, ctx, &item, "processed", None));

    assert_eq!(world.runs()[0].steps[0].state, StepState::WaitingTime);
}

/// A step that did something and is done half an hour later.
fn waits(world: &World) -> Ending {
    let effects = vec!["wrote a note".to_owned()];
    Ending::Done {
        results: Map::new(),
        effects,
        deliveries: Vec::new(),
        until: Some(world.now.plus_ms(1_800_000)),
    }
}

#[test]
fn a_step_that_waits_until_a_moment_is_done_then_and_is_not_called_again() {
    let mut world = World::new();
    let item = chain(&mut world, json!({}));
    let ending = waits(&world);
    world.settle_first(&ending);

    let run = world.runs().remove(0);
    assert_eq!(
        (run.steps[0].state.clone(), run.steps[0].due_at),
        (StepState::WaitingTime, Some(minute(30)))
    );
    assert_eq!(run.steps[0].note.as_deref(), Some(format!("waits until {}", minute(30)).as_str()));
    assert_eq!(run.steps[1].state, StepState::WaitingPrevious);

    let due: Vec<_> =
        world.due(Queue::Step).iter().map(|(key, _)| key.as_due().unwrap().due_at).collect();
    assert_eq!(due, vec![minute(30)]);

    world.now = minute(30).plus_ms(1);
    assert!(matches!(world.ok(|tx, ctx| plan(tx, ctx, &run.id, "get")), Planned::Finish));
    world.ok(|tx, ctx| finish(tx, ctx, &run.id, "get"));

    let run = world.runs().remove(0);
    assert_eq!(
        (run.steps[0].state.clone(), run.steps[1].state.clone()),
        (StepState::Done, StepState::WaitingTime)
    );
    assert_eq!((run.steps[0].tries, run.steps[0].ended_at), (1, Some(world.now)));

    let told: Vec<String> = world
        .timeline(&item)
        .into_iter()
        .filter(|entry| entry.kind == "robot")
        .map(|e| e.text)
        .collect();
    assert_eq!(
        told,
        vec![
            format!("robot get: wrote a note; waits until {}", minute(30)),
            "robot get: done".to_owned()
        ]
    );
}

#[test]
fn a_step_that_waits_with_its_effects_committed_is_cancelled_when_its_stage_is_left() {
    let mut world = World::new();
    let item = chain(&mut world, json!({}));
    let ending = waits(&world);
    world.settle_first(&ending);

    world.ok(|tx, ctx| move_item::decide(tx, ctx, &item, "processed", None));

    let run = world.runs().remove(0);
    assert_eq!(run.steps[0].state, StepState::Cancelled { reason: CancelReason::StageLeft });
    assert_eq!(run.steps[0].effects, vec!["wrote a note"]);
    assert!(world.due(Queue::Step).is_empty());
    assert_eq!(world.overtaken(|tx, ctx| finish(tx, ctx, &run.id, "get")), Overtaken::StepOver);
}

#[test]
fn a_moment_that_is_not_to_come_is_no_wait() {
    let mut world = World::new();
    chain(&mut world, json!({}));
    let until = Some(world.now);
    world.settle_first(&Ending::Done {
        results: Map::new(),
        effects: Vec::new(),
        deliveries: Vec::new(),
        until,
    });

    assert_eq!(world.runs()[0].steps[0].state, StepState::Done);
}

#[test]
fn a_person_retries_a_failed_step() {
    let mut world = World::new();
    chain(&mut world, json!({}));
    world.settle_first(&failed(Retry::Never));
    world.settle_first(&done(json!({})));
    let run = world.runs().remove(0);
    assert!(run.ended_at.is_some());

    world.ok(|tx, ctx| retry_run::retry(tx, ctx, &run.id));
    world.settle_first(&done(json!({})));
    assert!(world.runs()[0].steps.iter().all(|step| step.state == StepState::Done));
}

#[test]
fn a_person_has_a_step_that_is_over_run_again_and_it_is_another_call() {
    let mut world = World::new();
    chain(&mut world, json!({}));
    let id = world.runs().remove(0).id;

    let again = |world: &mut World, step: &str| {
        world.run(|tx, ctx| retry_run::rerun(tx, ctx, &id, step)).map_err(|r| r.code)
    };

    assert_eq!(again(&mut world, "get").unwrap_err(), "run.step-waits");
    assert_eq!(again(&mut world, "nothing").unwrap_err(), "run.unknown-step");

    world.settle_first(&done(json!({"said": "hello"})));
    world.settle_first(&done(json!({})));
    assert!(world.runs()[0].ended_at.is_some());

    let run = again(&mut world, "get").unwrap();
    assert_eq!((run.ended_at, run.steps[0].state.clone()), (None, StepState::WaitingTime));
    let planned = world.ok(|tx, ctx| plan(tx, ctx, &id, "get"));
    let Planned::Call(planned) = planned else { panic!("{planned:?}") };
    assert_eq!((planned.context.step_id, planned.context.attempt), (format!("{id}/get/1"), 1));

    world.settle_first(&done(json!({"said": "again"})));
    let run = world.runs().remove(0);
    assert_eq!((run.steps[0].results["said"].clone(), run.steps[1].reruns), (json!("again"), 0));
    assert!(run.ended_at.is_some());
}

#[test]
fn a_robot_that_runs_too_often_for_an_item_is_cut_by_the_loop_guard() {
    let mut world = World::new();
    world.automate("new", json!([robot("one", "a", json!({}))]), json!([]));
    let item = world.create("deal", json!({"title": "Roof", "pipeline": "sales"}));

    for round in 0..101 {
        world.now = minute(0).plus_ms(round);
        for stage in ["processed", "new"] {
            world.ok(|tx, ctx| move_item::decide(tx, ctx, &item, stage, None));
            world.dispatch_quietly();
        }
    }

    let last = world.runs().pop().unwrap();
    assert!(
        matches!(last.steps[0].state, StepState::LoopGuard { .. }),
        "{:?}",
        last.steps[0].state
    );
}

#[test]
fn what_a_person_does_to_a_run_stands_in_the_items_timeline() {
    let mut world = World::new();
    world.automate("new", json!([robot("late", "a", json!({"run": {"after": "1h"}}))]), json!([]));
    let item = world.create("deal", json!({"title": "Roof", "pipeline": "sales"}));
    world.dispatch_quietly();

    let ivan = || Actor::User { id: "ivan".into() };
    let waiting = world.runs().remove(0).id;
    let ctx = OpContext { actor: ivan(), ..world.ctx() };
    world.run_as(&ctx, |tx, ctx| retry_run::cancel(tx, ctx, &waiting)).unwrap();

    let settings = json!({"text": "now"}).as_object().unwrap().clone();
    let ctx = OpContext { actor: ivan(), ..world.ctx() };
    let run = world
        .run_as(&ctx, |tx, ctx| invoke_robot::decide(tx, ctx, "test.kit", "say", &item, &settings))
        .unwrap();
    assert_eq!(run.by.as_deref(), Some("user:ivan"));

    world.settle_first(&failed(Retry::Never));
    let ctx = OpContext { actor: ivan(), ..world.ctx() };
    world.run_as(&ctx, |tx, ctx| retry_run::retry(tx, ctx, &run.id)).unwrap();
    world.settle_first(&done(json!({})));

    let ctx = OpContext { actor: ivan(), ..world.ctx() };
    world.run_as(&ctx, |tx, ctx| retry_run::rerun(tx, ctx, &run.id, "invoked")).unwrap();

    let by_ivan =
        world.timeline(&item).into_iter().filter(|entry| entry.author.as_deref() == Some("ivan"));
    let kinds: Vec<String> = by_ivan.map(|entry| entry.kind).collect();
    assert_eq!(kinds, ["run_cancelled", "robot_invoked", "run_retried", "step_rerun"]);
}

#[test]
fn an_item_has_no_more_open_runs_than_its_changes_can_read() {
    let mut world = World::new();
    world.automate("new", json!([robot("late", "a", json!({"run": {"after": "1h"}}))]), json!([]));
    let item = world.create("deal", json!({"title": "Roof", "pipeline": "sales"}));
    let settings = json!({"text": "now"}).as_object().unwrap().clone();

    for _ in 0..OPEN_RUNS_MAX {
        world.ok(|tx, ctx| invoke_robot::decide(tx, ctx, "test.kit", "say", &item, &settings));
    }

    let refusal = world
        .run(|tx, ctx| invoke_robot::decide(tx, ctx, "test.kit", "say", &item, &settings))
        .unwrap_err();
    assert_eq!(refusal.code, "run.too-many");

    world.dispatch_quietly();
    let started = world.runs().into_iter().find(|run| run.automation.is_some()).unwrap();
    assert!(
        matches!(&started.steps[0].state, StepState::Failed { code, .. } if code == "run.too-many")
    );
}
