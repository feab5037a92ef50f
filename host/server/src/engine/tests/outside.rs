//! Robots that ask servers outside while their item is busy.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Map, json};

use stagewright_core::call::{RobotAnswer, RobotCall, RobotOutcome};
use stagewright_core::command::{change_record, move_item};
use stagewright_core::context::OpContext;
use stagewright_core::doubles::{ScriptedPlugins, robot_answer};
use stagewright_core::drive;
use stagewright_core::model::ending::CancelReason;
use stagewright_core::model::plugin::Grant;
use stagewright_core::model::run::StepState;
use stagewright_core::outside::{Request, Response};
use stagewright_core::scope::Sealed;
use stagewright_core::seams::{Clock, Later, Store};

use super::fixture::{Rig, TENANT, robot};

/// Asks a server as the runtime does; gives whether the request left.
fn ask(call: &mut RobotCall, body: String) -> bool {
    let url = "https://api.example/orders".to_owned();
    let request =
        Request { method: "POST".into(), url, headers: Vec::new(), body: body.into_bytes() };
    let response = || Response { status: 200, headers: Vec::new(), body: b"{}".to_vec() };

    let (answer, sent) = match call.scope.seal(request, 1_000).unwrap() {
        Sealed::Send(_) => (Ok(response()), true),
        Sealed::Answered(answer) => (answer, false),
    };

    assert_eq!(call.scope.fetched("asked", answer).unwrap(), response());
    sent
}

/// A robot whose server touches the robot's own item before it answers, each time it is asked.
/// `body` is what it sends the n-th time.
fn robot_of_a_busy_item(
    rig: &Rig,
    body: fn(usize) -> String,
) -> (ScriptedPlugins, Arc<AtomicUsize>) {
    let (calls, sent) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (store, clock, count) = (Arc::clone(&rig.store), Arc::clone(&rig.clock), Arc::clone(&sent));

    let script = move |mut call: RobotCall| {
        let (store, clock, calls, sent) =
            (Arc::clone(&store), Arc::clone(&clock), Arc::clone(&calls), Arc::clone(&count));
        let answer: Later<'static, RobotAnswer> = Box::pin(async move {
            let number = calls.fetch_add(1, Ordering::SeqCst);
            if ask(&mut call, body(number)) {
                let times = sent.fetch_add(1, Ordering::SeqCst);
                let ctx = OpContext::system(TENANT, &["server", &times.to_string()], clock.now());
                let fields = json!({"title": format!("Roof {times}")}).as_object().unwrap().clone();
                let item = call.context.target.clone().unwrap();
                drive::execute(&*store, |tx| change_record::decide(tx, &ctx, &item, &fields, None))
                    .await
                    .unwrap();
            }

            robot_answer(call, Ok(RobotOutcome::Done(Map::new())))
        });
        answer
    };

    (ScriptedPlugins::new().robot_later(script), sent)
}

async fn rig_with_robot() -> Rig {
    let rig = Rig::new();
    rig.tenant(TENANT).await;

    let grant = Grant { scopes: ["http.send:api.example".to_owned()].into(), more: Map::new() };
    rig.ok(TENANT, |tx, _| tx.put(Grant::key(TENANT, "test.kit"), &grant)).await;
    rig.automate(TENANT, json!([robot("ask", json!({}))])).await;
    rig
}

#[tokio::test]
async fn a_server_that_touches_the_item_while_it_is_asked_is_asked_once() {
    let rig = rig_with_robot().await;
    let (plugins, sent) = robot_of_a_busy_item(&rig, |_| "the same".to_owned());
    let engine = rig.start(plugins).await;

    rig.deal(TENANT).await;
    engine.settle(rig.clock.now()).await;

    assert_eq!(sent.load(Ordering::SeqCst), 1);
    let step = rig.runs(TENANT).await.remove(0).steps.remove(0);
    assert_eq!(
        (step.state, step.tries, step.effects),
        (StepState::Done, 1, vec!["asked: 200".to_owned()])
    );
}

#[tokio::test]
async fn a_robot_that_asks_something_else_each_time_asks_ever_more_seldom() {
    let rig = rig_with_robot().await;
    let (plugins, sent) = robot_of_a_busy_item(&rig, |number| format!("number {number}"));
    let engine = rig.start(plugins).await;

    rig.deal(TENANT).await;
    engine.settle(rig.clock.now()).await;
    let at_once = sent.load(Ordering::SeqCst);
    assert!(at_once <= 2, "{at_once}");

    for _ in 0..600 {
        rig.clock.advance_to(rig.clock.now().plus_ms(1_000));
        engine.settle(rig.clock.now()).await;
    }

    // After 1, 2, 4, ... seconds, five minutes apart at most.
    let later = sent.load(Ordering::SeqCst);
    assert!((5..=12).contains(&later), "{later}");
}

#[tokio::test]
async fn a_step_whose_stage_is_left_while_its_server_answers_ends_cancelled() {
    let rig = rig_with_robot().await;

    let (store, clock) = (Arc::clone(&rig.store), Arc::clone(&rig.clock));
    let script = move |mut call: RobotCall| {
        let (store, clock): (Arc<dyn Store>, _) = (Arc::clone(&store), Arc::clone(&clock));
        let answer: Later<'static, RobotAnswer> = Box::pin(async move {
            ask(&mut call, "the same".to_owned());
            let ctx = OpContext::system(TENANT, &["server"], clock.now());
            let item = call.context.target.clone().unwrap();
            drive::execute(&*store, |tx| move_item::decide(tx, &ctx, &item, "done", None))
                .await
                .unwrap();
            robot_answer(call, Ok(RobotOutcome::Done(Map::new())))
        });
        answer
    };

    let engine = rig.start(ScriptedPlugins::new().robot_later(script)).await;
    rig.deal(TENANT).await;
    engine.settle(rig.clock.now()).await;

    assert_eq!(
        rig.runs(TENANT).await[0].steps[0].state,
        StepState::Cancelled { reason: CancelReason::StageLeft }
    );
}
