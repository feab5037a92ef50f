//! What the scheduler promises.

mod exchange;
mod fixture;
mod later;
mod outside;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use serde_json::{Map, json};
use tokio::sync::Semaphore;

use stagewright_core::call::RobotOutcome;
use stagewright_core::command::{change_record, move_item};
use stagewright_core::doubles::{ScriptedPlugins, robot_answer};
use stagewright_core::id::TenantId;
use stagewright_core::model::ending::CancelReason;
use stagewright_core::model::run::StepState;
use stagewright_core::seams::Clock;

use fixture::{Rig, TENANT, idle_robots, robot};

fn done() -> RobotOutcome {
    RobotOutcome::Done(Map::new())
}

#[tokio::test]
async fn a_delayed_robot_runs_once_its_moment_has_passed_and_not_before() {
    let rig = Rig::new();
    rig.tenant(TENANT).await;
    rig.automate(TENANT, json!([robot("late", json!({"run": {"after": "30m"}}))])).await;
    let engine = rig.start(idle_robots()).await;
    rig.deal(TENANT).await;
    engine.settle(rig.clock.now()).await;

    rig.clock.advance_to(rig.clock.now().plus_ms(1_799_999));
    engine.settle(rig.clock.now()).await;
    assert_eq!(rig.runs(TENANT).await[0].steps[0].state, StepState::WaitingTime);

    rig.clock.advance_to(rig.clock.now().plus_ms(1));
    engine.settle(rig.clock.now()).await;
    assert_eq!(rig.runs(TENANT).await[0].steps[0].state, StepState::Done);
}

#[tokio::test]
async fn what_was_overdue_at_start_runs_exactly_once() {
    // S0-34
    let rig = Rig::new();
    rig.tenant(TENANT).await;
    rig.automate(TENANT, json!([robot("late", json!({"run": {"after": "30m"}}))])).await;

    let first = rig.start(idle_robots()).await;
    rig.deal(TENANT).await;
    first.settle(rig.clock.now()).await;
    first.stop().await;
    rig.clock.advance_to(rig.clock.now().plus_ms(3_600_000));

    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    let second = rig
        .start(ScriptedPlugins::new().robot(move |_| {
            counted.fetch_add(1, Ordering::SeqCst);
            Ok(done())
        }))
        .await;

    second.settle(rig.clock.now()).await;
    second.settle(rig.clock.now()).await;

    assert_eq!(calls.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_step_waits_for_a_command_with_an_older_stamp() {
    // S0-30: an acceptance stamped at the due moment wins, however late it is committed.
    let rig = Rig::new();
    rig.tenant(TENANT).await;
    rig.automate(TENANT, json!([robot("late", json!({"run": {"after": "30m"}}))])).await;
    let engine = rig.start(idle_robots()).await;
    let item = rig.deal(TENANT).await;
    engine.settle(rig.clock.now()).await;

    rig.clock.advance_to(rig.clock.now().plus_ms(1_800_000));
    let stamp = rig.stamps.begin();
    rig.clock.advance_to(rig.clock.now().plus_ms(5_000));
    // The engine has its chance to claim the step while the command is under way.
    tokio::task::yield_now().await;

    let ctx = stagewright_core::context::OpContext::system(TENANT, &["accept"], stamp.at);
    stagewright_core::drive::execute(&*rig.store, |tx| {
        move_item::decide(tx, &ctx, &item, "done", None)
    })
    .await
    .unwrap();
    drop(stamp);
    engine.settle(rig.clock.now()).await;

    assert_eq!(
        rig.runs(TENANT).await[0].steps[0].state,
        StepState::Cancelled { reason: CancelReason::StageLeft }
    );
}

#[tokio::test]
async fn one_item_is_worked_on_by_one_at_a_time_while_others_go_on() {
    let rig = Rig::new();
    rig.tenant(TENANT).await;
    let items = [rig.deal(TENANT).await, rig.deal(TENANT).await];

    let gate = Arc::new(Semaphore::new(0));
    let (inside, overlapped) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
    let busy_item = items[0].id.clone();

    let script = {
        let (gate, inside, overlapped) =
            (Arc::clone(&gate), Arc::clone(&inside), Arc::clone(&overlapped));
        move |call: stagewright_core::call::RobotCall| {
            let (gate, inside, overlapped) =
                (Arc::clone(&gate), Arc::clone(&inside), Arc::clone(&overlapped));
            let is_busy_item =
                call.context.target.as_ref().is_some_and(|target| target.id == busy_item);

            let answer: stagewright_core::seams::Later<'static, _> = Box::pin(async move {
                if is_busy_item {
                    overlapped
                        .fetch_or(inside.fetch_add(1, Ordering::SeqCst) > 0, Ordering::SeqCst);
                    gate.acquire().await.unwrap().forget();
                    inside.fetch_sub(1, Ordering::SeqCst);
                }
                robot_answer(call, Ok(done()))
            });
            answer
        }
    };

    let engine = rig.start(ScriptedPlugins::new().robot_later(script)).await;
    for _ in 0..3 {
        rig.invoke(TENANT, &items[0]).await;
    }

    let mut lane = rig.signal.activity.watch(items[1].lane_key(TENANT));
    let other = rig.invoke(TENANT, &items[1]).await;

    // The other item's robot is done although the first item's robot stands still.
    loop {
        let runs = rig.runs(TENANT).await;
        if runs.iter().any(|run| run.id == other && run.is_over()) {
            break;
        }
        lane.written().await;
    }

    gate.add_permits(3);
    engine.settle(rig.clock.now()).await;

    assert!(rig.runs(TENANT).await.iter().all(stagewright_core::model::run::Run::is_over));
    assert!(!overlapped.load(Ordering::SeqCst));
}

#[tokio::test]
async fn a_tenant_that_fills_all_its_places_leaves_room_for_others() {
    let rig = Rig::new();
    let (greedy, modest) = (TenantId([1; 16]), TenantId([2; 16]));
    rig.tenant(greedy).await;
    rig.tenant(modest).await;

    for _ in 0..300 {
        let item = rig.deal(greedy).await;
        rig.invoke(greedy, &item).await;
    }

    let item = rig.deal(modest).await;
    let run = rig.invoke(modest, &item).await;
    let mut lane = rig.signal.activity.watch(item.lane_key(modest));

    let gate = Arc::new(Semaphore::new(0));
    let script = {
        let gate = Arc::clone(&gate);
        move |call: stagewright_core::call::RobotCall| {
            let gate = Arc::clone(&gate);
            let modest_item = item.id.clone();
            let answer: stagewright_core::seams::Later<'static, _> = Box::pin(async move {
                if call.context.target.as_ref().is_some_and(|target| target.id != modest_item) {
                    gate.acquire().await.unwrap().forget();
                }
                robot_answer(call, Ok(done()))
            });
            answer
        }
    };

    let engine = rig.start(ScriptedPlugins::new().robot_later(script)).await;
    while !rig.runs(modest).await.iter().any(|found| found.id == run && found.is_over()) {
        lane.written().await;
    }

    gate.add_permits(300);
    engine.settle(rig.clock.now()).await;

    assert!(rig.runs(greedy).await.iter().all(stagewright_core::model::run::Run::is_over));
}

#[tokio::test]
async fn a_step_whose_item_changes_meanwhile_runs_again_and_takes_effect_once() {
    let rig = Rig::new();
    rig.tenant(TENANT).await;
    let item = rig.deal(TENANT).await;

    let calls = Arc::new(AtomicUsize::new(0));
    let script = {
        let (calls, store, clock, item) =
            (Arc::clone(&calls), Arc::clone(&rig.store), Arc::clone(&rig.clock), item.clone());
        move |mut call: stagewright_core::call::RobotCall| {
            let (calls, store, clock, item) =
                (Arc::clone(&calls), Arc::clone(&store), Arc::clone(&clock), item.clone());
            let answer: stagewright_core::seams::Later<'static, _> = Box::pin(async move {
                // Somebody changes the item while the robot runs for the first time.
                if calls.fetch_add(1, Ordering::SeqCst) == 0 {
                    let ctx = stagewright_core::context::OpContext::system(
                        TENANT,
                        &["meanwhile"],
                        clock.now(),
                    );
                    let fields = json!({"title": "Other"}).as_object().unwrap().clone();
                    stagewright_core::drive::execute(&*store, |tx| {
                        change_record::decide(tx, &ctx, &item, &fields, None)
                    })
                    .await
                    .unwrap();
                }

                while let Err(stagewright_core::scope::Stop::Need(reads)) = call.scope.require(None)
                {
                    let found = store.read(&reads).await.unwrap();
                    call.scope.loaded(reads, found);
                }

                robot_answer(call, Ok(done()))
            });
            answer
        }
    };

    rig.ok(TENANT, |tx, _| {
        let key = stagewright_core::model::plugin::Grant::key(TENANT, "test.kit");
        let (mut grant, _) = tx.require::<stagewright_core::model::plugin::Grant>(&key)?;
        grant.scopes.insert("records.read:*".into());
        tx.put(key, &grant)?;
        Ok(())
    })
    .await;

    let engine = rig.start(ScriptedPlugins::new().robot_later(script)).await;
    rig.invoke(TENANT, &item).await;
    engine.settle(rig.clock.now()).await;

    let runs = rig.runs(TENANT).await;
    assert_eq!(
        (runs.len(), runs[0].steps[0].state.clone(), runs[0].steps[0].tries),
        (1, StepState::Done, 1)
    );
    assert_eq!(rig.record(TENANT, &item).await.text("title"), "Other");
    assert!(calls.load(Ordering::SeqCst) >= 2);
}

#[tokio::test]
async fn a_tick_reads_as_many_rows_as_are_due_and_not_as_many_as_wait() {
    let rig = Rig::new();
    rig.tenant(TENANT).await;
    rig.automate(TENANT, json!([robot("late", json!({"run": {"after": "30d"}}))])).await;

    let engine = rig.start(idle_robots()).await;
    for _ in 0..500 {
        rig.deal(TENANT).await;
    }
    engine.settle(rig.clock.now()).await;
    let item = rig.deal(TENANT).await;
    engine.settle(rig.clock.now()).await;

    rig.rows.take();
    rig.invoke(TENANT, &item).await;
    engine.settle(rig.clock.now()).await;
    let one_among_500 = rig.rows.take();

    assert!(one_among_500 < 200, "{one_among_500} rows were read for one step while 501 wait");
}

#[tokio::test]
async fn work_that_panics_is_tried_again_and_holds_up_its_own_lane_alone() {
    let rig = Rig::new();
    rig.tenant(TENANT).await;
    let (fragile, sound) = (rig.deal(TENANT).await, rig.deal(TENANT).await);

    let calls = Arc::new(AtomicUsize::new(0));
    let script = {
        let (calls, fragile) = (Arc::clone(&calls), fragile.clone());
        move |call: &mut stagewright_core::call::RobotCall| {
            let is_fragile =
                call.context.target.as_ref().is_some_and(|target| target.id == fragile.id);
            assert!(!is_fragile || calls.fetch_add(1, Ordering::SeqCst) > 1, "a bug of this host");
            Ok(done())
        }
    };

    let engine = rig.start(ScriptedPlugins::new().robot(script)).await;
    for item in [&fragile, &fragile, &sound] {
        rig.invoke(TENANT, item).await;
    }

    let over = async || {
        rig.runs(TENANT)
            .await
            .iter()
            .map(stagewright_core::model::run::Run::is_over)
            .collect::<Vec<_>>()
    };

    engine.settle(rig.clock.now()).await;
    assert_eq!((over().await, calls.load(Ordering::SeqCst)), (vec![false, false, true], 1));

    // It is left alone for a second, then for two.
    for (ms, expected) in [(999, 1), (1, 2), (1_999, 2), (1, 4)] {
        rig.clock.advance_to(rig.clock.now().plus_ms(ms));
        engine.settle(rig.clock.now()).await;
        assert_eq!(calls.load(Ordering::SeqCst), expected);
    }

    assert_eq!(over().await, vec![true, true, true]);
}

#[tokio::test]
async fn an_engine_that_was_stopped_says_so() {
    let rig = Rig::new();
    let engine = rig.start(idle_robots()).await;
    assert!(engine.is_running());

    engine.stop().await;
    assert!(!engine.is_running());
}

#[tokio::test]
async fn what_waited_behind_work_that_was_cancelled_runs_all_the_same() {
    let rig = Rig::new();
    rig.tenant(TENANT).await;
    let item = rig.deal(TENANT).await;

    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    let script = move |_: &mut stagewright_core::call::RobotCall| {
        assert!(counted.fetch_add(1, Ordering::SeqCst) > 0, "a bug of this host");
        Ok(done())
    };

    let engine = rig.start(ScriptedPlugins::new().robot(script)).await;
    let stumbled = rig.invoke(TENANT, &item).await;
    engine.settle(rig.clock.now()).await;

    rig.ok(TENANT, |tx, ctx| stagewright_core::command::retry_run::cancel(tx, ctx, &stumbled))
        .await;
    let behind = rig.invoke(TENANT, &item).await;
    engine.settle(rig.clock.now()).await;
    rig.clock.advance_to(rig.clock.now().plus_ms(1_000));
    engine.settle(rig.clock.now()).await;

    let runs = rig.runs(TENANT).await;
    let state = |id: &str| runs.iter().find(|run| run.id == id).unwrap().steps[0].state.clone();
    assert_eq!((state(&behind), calls.load(Ordering::SeqCst)), (StepState::Done, 2));
}

/// The rows that are read for each of `count` robots that are all due when the engine starts.
async fn rows_for_each_of(count: u64) -> u64 {
    let rig = Rig::new();
    rig.tenant(TENANT).await;
    let engine = rig.start(idle_robots()).await;

    let mut items = Vec::new();
    for _ in 0..count {
        items.push(rig.deal(TENANT).await);
    }
    engine.settle(rig.clock.now()).await;
    engine.stop().await;

    for item in &items {
        rig.invoke(TENANT, item).await;
    }

    rig.rows.take();
    let engine = rig.start(idle_robots()).await;
    engine.settle(rig.clock.now()).await;
    assert!(rig.runs(TENANT).await.iter().all(stagewright_core::model::run::Run::is_over));

    // `is_over` above read every run.
    (rig.rows.take() - count) / count
}

#[tokio::test]
async fn a_robot_among_many_costs_hardly_more_rows_than_one_alone() {
    let (alone, among_many) = (rows_for_each_of(1).await, rows_for_each_of(400).await);
    assert!(among_many < alone + 8, "{alone} rows alone, {among_many} rows among many");
}
