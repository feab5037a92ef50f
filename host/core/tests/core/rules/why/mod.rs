//! Why a robot or trigger did or did not do something.

mod not_started;
mod pauses;
mod robots;
mod triggers;

use serde_json::json;

use stagewright_core::call::{Blame, CallFailure, Retry, Usage, Verdict as Says};
use stagewright_core::command::ingest::Ingested;
use stagewright_core::command::{accept_conversation, move_item, put_line, step};
use stagewright_core::key::Queue;
use stagewright_core::model::due::Due;
use stagewright_core::model::pauses::{Pause, Pauses};
use stagewright_core::model::record::RecordRef;
use stagewright_core::model::run::Attempt;
use stagewright_core::refusal::Refusal;
use stagewright_core::why::{Answer, Asked, Verdict, why};

use crate::rules::world::{TENANT, World, minute};

/// Minute 0 of the world, in its tenant's zone.
const START: &str = "Sun 2025-06-15 18:06:40";

fn ask(world: &mut World, item: &RecordRef, asked: &Asked) -> Result<Vec<Answer>, Refusal> {
    let now = world.now;
    world.run(|tx, _| why(tx, TENANT, now, item, asked))
}

fn of_robot(world: &mut World, item: &RecordRef, robot: &str) -> Answer {
    let asked = Asked { robot: Some(robot.to_owned()), trigger: None };
    ask(world, item, &asked).unwrap().remove(0)
}

fn of_trigger(world: &mut World, item: &RecordRef, trigger: &str) -> Answer {
    let asked = Asked { robot: None, trigger: Some(trigger.to_owned()) };
    ask(world, item, &asked).unwrap().remove(0)
}

#[track_caller]
fn says(answer: &Answer, verdict: Verdict, sentence: &str) {
    assert_eq!((answer.verdict, answer.sentence.as_str()), (verdict, sentence));
}

fn move_to(world: &mut World, item: &RecordRef, stage: &str) {
    world.ok(|tx, ctx| move_item::decide(tx, ctx, item, stage, None));
    world.dispatch_quietly();
}

/// Ends the first step that is due.
fn settle(world: &mut World, ending: &step::Ending) {
    let (_, due) = world.due(Queue::Step).into_iter().next().unwrap();
    let Due::Step { run, step, .. } = due else { panic!("no step") };

    let attempt = Attempt {
        at: world.now,
        version: "1.2.3".into(),
        usage: Usage::default(),
        log: Vec::new(),
        error: None,
    };

    world.ok(|tx, ctx| {
        // What the engine reads when it plans the call.
        step::plan(tx, ctx, &run, &step)?;
        step::settle(tx, ctx, (&run, &step), ending.clone(), attempt.clone(), None)
    });
}

fn failure(blame: Blame, retry: Retry) -> step::Ending {
    step::Ending::Failed(CallFailure {
        blame,
        code: "plugin.no".into(),
        message: "the address is wrong".into(),
        setting: None,
        retry,
    })
}

/// Pauses plugin, sending or nothing.
fn paused(world: &mut World, plugin: bool, sending: bool) {
    let pause = || Pause { since: minute(0), by: "admin".into() };
    let plugins = plugin.then(|| ("test.kit".to_owned(), pause())).into_iter().collect();

    world.put(
        Pauses::key(TENANT),
        &Pauses { plugins, sending: sending.then(pause), ..Pauses::default() },
    );
}

/// An event that the triggers of the test plugin listen to; those that `fires` names fire.
fn accepted(world: &mut World, fires: &dyn Fn(&str) -> bool) -> RecordRef {
    let user = world.create("user", json!({"name": "Ivan"}));
    let line = json!({
        "name": "Support", "creates": "deal", "pipeline": "sales", "default_responsible": user.id,
    });
    world.ok(|tx, ctx| {
        put_line::decide(tx, ctx, "support", serde_json::from_value(line.clone()).unwrap(), None)
    });

    let Ingested::In { created: Some(item), .. } = world.client_writes("m1", "+380671234567")
    else {
        panic!()
    };
    world.dispatch_quietly();

    let conversation = world.record(&item).text("conversation").to_owned();
    world.ok(|tx, ctx| accept_conversation::decide(tx, ctx, &conversation, &user.id));
    world.dispatch(&|ask| {
        if fires(&ask.spec.id) { Says::Fire } else { Says::Ignore("it is another line".into()) }
    });

    item
}
