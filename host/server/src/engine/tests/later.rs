//! What waits: many robots at once, a robot that waits with its effects committed, timers, pauses
//! and jobs, over restarts.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Map, json};

use stagewright_core::call::{RobotCall, RobotOutcome, Verdict};
use stagewright_core::command::{job, publish_automation, put_automation};
use stagewright_core::doubles::ScriptedPlugins;
use stagewright_core::model::job::{Job, Waiting};
use stagewright_core::model::pauses::{Pausable, PausableKind};
use stagewright_core::model::run::{Run, StepState};
use stagewright_core::seams::Clock;

use super::fixture::{Rig, TENANT, Touched, idle_robots, robot};

const HOUR_MS: i64 = 3_600_000;

impl Rig {
    fn pass(&self, ms: i64) {
        self.clock.advance_to(self.clock.now().plus_ms(ms));
    }

    async fn job(&self, id: &str) -> Job {
        let key = Job::key(TENANT, id);
        stagewright_core::drive::query(&*self.store, |tx| tx.peek::<Job>(&key))
            .await
            .unwrap()
            .unwrap()
            .0
    }
}

fn states(runs: &[Run]) -> Vec<&StepState> {
    runs.iter().flat_map(|run| &run.steps).map(|step| &step.state).collect()
}

/// What a tick touches in which `due` robots are due, while `waiting` others wait for next month.
async fn touched(waiting: usize, due: usize) -> Touched {
    let rig = Rig::new();
    rig.tenant(TENANT).await;
    let engine = rig.start(idle_robots()).await;

    let mut items = Vec::new();
    for _ in 0..due {
        items.push(rig.deal(TENANT).await);
    }
    engine.settle(rig.clock.now()).await;

    rig.automate(TENANT, json!([robot("late", json!({"run": {"after": "30d"}}))])).await;
    for _ in 0..waiting {
        rig.deal(TENANT).await;
    }
    engine.settle(rig.clock.now()).await;
    assert_eq!(rig.runs(TENANT).await.len(), waiting);

    // The engine is stopped meanwhile, so that one tick finds all of them due.
    engine.stop().await;
    for item in &items {
        rig.invoke(TENANT, item).await;
    }
    rig.pass(1);

    let engine = rig.start(idle_robots()).await;
    rig.rows.take_all();
    engine.settle(rig.clock.now()).await;
    let touched = rig.rows.take_all();

    let done = rig.runs(TENANT).await.into_iter().filter(Run::is_over).count();
    assert_eq!(done, due);
    touched
}

#[tokio::test]
async fn a_tick_touches_what_is_due_and_a_constant_while_ten_thousand_robots_wait() {
    for due in [0, 1, 10, 60, 500] {
        let among_many = touched(10_000, due).await;
        let looked_at = usize::try_from(among_many.due_rows).unwrap();

        // Once every place is taken, each that is given back costs the row that takes it and the
        // one behind.
        let beyond_places = due.saturating_sub(64);
        assert!(
            looked_at <= due + beyond_places + 64,
            "{looked_at} due rows were read for {due} that are due"
        );

        let alone = touched(0, due).await;
        // A page that was read beyond what is due is all that those who wait add.
        let (many, few) = (among_many.read + among_many.written, alone.read + alone.written);
        assert!(many <= few + 64, "{many} rows were touched among 10,000 that wait, {few} alone");
    }
}

#[tokio::test]
async fn a_robot_that_waits_until_a_moment_is_called_once_and_over_a_restart() {
    let rig = Rig::new();
    rig.tenant(TENANT).await;
    rig.automate(
        TENANT,
        json!([robot("wait", json!({})), robot("next", json!({"after_previous": true}))]),
    )
    .await;

    let calls = Arc::new(AtomicUsize::new(0));
    let script = || {
        let calls = Arc::clone(&calls);
        ScriptedPlugins::new().robot(move |call: &mut RobotCall| {
            if call.context.step_id.ends_with("/wait") {
                calls.fetch_add(1, Ordering::SeqCst);
                call.scope.wait_until(call.context.now.plus_ms(HOUR_MS));
            }
            Ok(RobotOutcome::Done(Map::new()))
        })
    };

    let engine = rig.start(script()).await;
    rig.deal(TENANT).await;
    engine.settle(rig.clock.now()).await;

    assert_eq!(
        states(&rig.runs(TENANT).await),
        [&StepState::WaitingTime, &StepState::WaitingPrevious]
    );

    engine.stop().await;
    rig.pass(HOUR_MS);
    let engine = rig.start(script()).await;
    engine.settle(rig.clock.now()).await;

    assert_eq!(states(&rig.runs(TENANT).await), [&StepState::Done, &StepState::Done]);
    assert_eq!(calls.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn an_item_that_nobody_touches_is_told_of_over_a_restart() {
    let rig = Rig::new();
    rig.tenant(TENANT).await;

    let alone = json!({
        "id": "alone", "plugin": "test.kit", "trigger": "left-alone", "settings": {"after": "1h"},
    });
    let draft = json!({"kind": "deal", "pipeline": "sales", "stage": "done", "triggers": [alone]});
    rig.ok(TENANT, |tx, ctx| {
        put_automation::decide(
            tx,
            ctx,
            "done",
            serde_json::from_value(draft.clone()).unwrap(),
            None,
        )
    })
    .await;
    rig.ok(TENANT, |tx, ctx| publish_automation::decide(tx, ctx, "done")).await;

    let fires = || idle_robots().trigger(|_| Ok(Verdict::Fire));
    let engine = rig.start(fires()).await;
    let item = rig.deal(TENANT).await;
    engine.settle(rig.clock.now()).await;
    engine.stop().await;

    rig.pass(HOUR_MS);
    let engine = rig.start(fires()).await;
    engine.settle(rig.clock.now()).await;

    assert_eq!(rig.record(TENANT, &item).await.text("stage"), "done");
    assert_eq!(engine.next_due().await, None, "nothing is left to wait for");
}

#[tokio::test]
async fn what_a_pause_held_back_runs_once_when_it_is_resumed() {
    let rig = Rig::new();
    rig.tenant(TENANT).await;
    rig.automate(TENANT, json!([robot("now", json!({}))])).await;
    let paused = Pausable::Automation("auto".into());
    rig.ok(TENANT, |tx, ctx| job::pause(tx, ctx, &paused)).await;

    let engine = rig.start(idle_robots()).await;
    for _ in 0..job::BATCH + 1 {
        rig.deal(TENANT).await;
    }
    engine.settle(rig.clock.now()).await;

    let by = StepState::Paused { by: PausableKind::Automation };
    assert!(states(&rig.runs(TENANT).await).iter().all(|state| **state == by));

    rig.pass(HOUR_MS);
    rig.rows.take_all();
    engine.settle(rig.clock.now()).await;
    assert_eq!(rig.rows.take_all().read, 0, "what is paused is not looked at again and again");

    rig.ok(TENANT, |tx, ctx| job::resume(tx, ctx, &paused)).await;
    engine.settle(rig.clock.now()).await;

    let runs = rig.runs(TENANT).await;
    assert!(states(&runs).iter().all(|state| **state == StepState::Done));
    assert!(runs.iter().all(|run| run.steps[0].tries == 1));
    assert_eq!(rig.job("resume.automation.auto").await.done, job::BATCH as u64 + 1);
}

#[tokio::test]
async fn an_automation_is_applied_in_batches_a_second_apart_and_over_a_restart() {
    let rig = Rig::new();
    rig.tenant(TENANT).await;
    let engine = rig.start(idle_robots()).await;
    for _ in 0..2 * job::BATCH + 5 {
        rig.deal(TENANT).await;
    }
    engine.settle(rig.clock.now()).await;

    rig.automate(TENANT, json!([robot("late", json!({"run": {"after": "30d"}}))])).await;
    let id = rig.ok(TENANT, |tx, ctx| job::apply(tx, ctx, "auto")).await.id;
    engine.settle(rig.clock.now()).await;

    assert_eq!(
        (rig.runs(TENANT).await.len(), rig.job(&id).await.done),
        (job::BATCH, job::BATCH as u64)
    );

    engine.stop().await;
    let engine = rig.start(idle_robots()).await;
    for _ in 0..2 {
        rig.pass(1_000);
        engine.settle(rig.clock.now()).await;
    }

    let done = rig.job(&id).await;
    assert_eq!(
        (rig.runs(TENANT).await.len(), done.done),
        (2 * job::BATCH + 5, 2 * job::BATCH as u64 + 5)
    );
    assert!(done.ended_at.is_some());
}

#[tokio::test]
async fn what_waits_under_an_older_version_is_replaced_even_where_it_is_due_first() {
    let rig = Rig::new();
    rig.tenant(TENANT).await;
    rig.automate(TENANT, json!([robot("late", json!({"run": {"after": "1h"}}))])).await;

    let engine = rig.start(idle_robots()).await;
    for _ in 0..20 {
        rig.deal(TENANT).await;
    }
    engine.settle(rig.clock.now()).await;
    engine.stop().await;

    // The new version is published while the host is on its way down; when it comes back everything
    // is due at once.
    let draft = json!({
        "kind": "deal", "pipeline": "sales", "stage": "new",
        "robots": [robot("late", json!({"run": {"after": "3h"}}))],
    });
    rig.ok(TENANT, |tx, ctx| {
        put_automation::decide(
            tx,
            ctx,
            "auto",
            serde_json::from_value(draft.clone()).unwrap(),
            None,
        )
    })
    .await;
    rig.ok(TENANT, |tx, ctx| publish_automation::replace(tx, ctx, "auto", Waiting::Migrate)).await;

    rig.pass(2 * HOUR_MS);
    let engine = rig.start(idle_robots()).await;
    engine.settle(rig.clock.now()).await;

    let runs = rig.runs(TENANT).await;
    assert!(states(&runs).iter().all(|state| **state == StepState::WaitingTime));
    assert!(runs.iter().all(|run| run.automation == Some(("auto".into(), 2))));

    rig.pass(HOUR_MS);
    engine.settle(rig.clock.now()).await;
    assert!(states(&rig.runs(TENANT).await).iter().all(|state| **state == StepState::Done));
}
