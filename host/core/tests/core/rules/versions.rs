//! What becomes of runs that wait when a new version is published, and of items that stand on the
//! stage already.

use serde_json::{Map, Value, json};

use stagewright_core::call::{Blame, CallFailure, Retry};
use stagewright_core::command::job::{self, One, one_run};
use stagewright_core::command::step::{Ending, Planned, plan};
use stagewright_core::command::{change_record, move_item, publish_automation, retry_run};
use stagewright_core::context::{AutomationMode, OpContext};
use stagewright_core::key::Queue;
use stagewright_core::model::ending::CancelReason;
use stagewright_core::model::job::Waiting;
use stagewright_core::model::record::RecordRef;
use stagewright_core::model::run::{Run, StepState};

use crate::rules::world::{TENANT, World, minute, robot};

fn late(id: &str, after: &str) -> Value {
    robot(id, "a", json!({"run": {"after": after}}))
}

fn deal(world: &mut World) -> RecordRef {
    let item = world.create("deal", json!({"title": "Roof", "pipeline": "sales"}));
    world.dispatch_quietly();
    item
}

/// Publishes these robots on `new`; gives how many runs waited.
fn publish(world: &mut World, robots: Value, waiting: Waiting) -> usize {
    world.save("new", robots, json!([])).unwrap();
    world.ok(|tx, ctx| publish_automation::replace(tx, ctx, "new", waiting)).waiting_runs
}

fn states(world: &World) -> Vec<(String, StepState)> {
    world.runs().into_iter().flat_map(|run| run.steps).map(|step| (step.id, step.state)).collect()
}

fn replaced(id: &str) -> (String, StepState) {
    (id.to_owned(), StepState::Cancelled { reason: CancelReason::VersionReplaced })
}

fn listed(world: &World) -> usize {
    let prefix = Run::waiting(TENANT, "new");
    world.rows.keys().filter(|key| key.starts_with(&prefix)).count()
}

#[test]
fn keep_leaves_what_waits_on_the_version_it_started_with() {
    let mut world = World::new();
    world.automate("new", json!([late("one", "1h")]), json!([]));
    deal(&mut world);

    assert_eq!(publish(&mut world, json!([late("two", "2h")]), Waiting::Keep), 1);
    world.work();

    assert_eq!(states(&world), vec![("one".into(), StepState::WaitingTime)]);
    assert_eq!(world.runs()[0].automation, Some(("new".into(), 1)));
}

#[test]
fn cancel_ends_what_waits_for_a_moment_a_date_or_its_turn() {
    let mut world = World::new();
    let dated = robot("dated", "b", json!({"run": {"before": "1h", "field": "close_at"}}));
    world.automate(
        "new",
        json!([late("one", "1h"), robot("next", "c", json!({"after_previous": true})), dated]),
        json!([]),
    );
    deal(&mut world);

    assert_eq!(publish(&mut world, json!([late("two", "2h")]), Waiting::Cancel), 1);
    world.work();

    assert_eq!(states(&world), vec![replaced("one"), replaced("next"), replaced("dated")]);
    assert!(world.due(Queue::Step).is_empty());
    assert_eq!((listed(&world), world.job("replace.new").done), (0, 1));

    // Ids sort by time, so the next run is listed behind this one.
    world.now = minute(1);
    deal(&mut world);
    assert_eq!(states(&world).pop(), Some(("two".into(), StepState::WaitingTime)));
}

#[test]
fn migrate_computes_moments_anew_cancels_what_is_gone_and_adds_nothing() {
    let mut world = World::new();
    world.automate("new", json!([late("one", "1h"), late("gone", "1h")]), json!([]));
    deal(&mut world);

    publish(&mut world, json!([late("added", "1m"), late("one", "3h")]), Waiting::Migrate);
    world.work();

    assert_eq!(states(&world), vec![("one".into(), StepState::WaitingTime), replaced("gone")]);
    let run = world.runs().remove(0);
    assert_eq!((run.automation, run.steps[0].due_at), (Some(("new".into(), 2)), Some(minute(180))));
    let due: Vec<_> =
        world.due(Queue::Step).iter().map(|(key, _)| key.as_due().unwrap().due_at).collect();
    assert_eq!(due, vec![minute(180)]);
}

#[test]
fn a_step_whose_robot_a_migration_took_away_is_not_tried_again() {
    let mut world = World::new();
    world.automate("new", json!([robot("gone", "a", json!({})), late("stays", "1h")]), json!([]));
    deal(&mut world);
    world.settle_first(&Ending::Failed(CallFailure {
        blame: Blame::Caller,
        code: "plugin.failed".into(),
        message: "no".into(),
        setting: None,
        retry: Retry::Never,
    }));

    publish(&mut world, json!([late("stays", "1h")]), Waiting::Migrate);
    world.work();

    let id = world.runs().remove(0).id;
    let refusal = world.run(|tx, ctx| retry_run::retry(tx, ctx, &id)).unwrap_err();
    assert_eq!(refusal.code, "run.nothing-to-retry");

    let refusal = world.run(|tx, ctx| retry_run::rerun(tx, ctx, &id, "gone")).unwrap_err();
    assert_eq!(refusal.code, "run.robot-gone");
}

#[test]
fn a_migrated_run_follows_the_new_order_and_its_dates() {
    let mut world = World::new();
    let by_date = |id: &str| robot(id, "a", json!({"run": {"before": "1h", "field": "close_at"}}));
    world.automate("new", json!([by_date("one"), late("two", "1h")]), json!([]));
    let item = deal(&mut world);

    let chained = robot(
        "one",
        "a",
        json!({"after_previous": true, "run": {"before": "2h", "field": "close_at"}}),
    );
    publish(&mut world, json!([late("two", "3h"), chained]), Waiting::Migrate);
    world.work();

    let waiting = |id: &str, state: StepState| (id.to_owned(), state);
    assert_eq!(
        states(&world),
        vec![waiting("two", StepState::WaitingTime), waiting("one", StepState::WaitingPrevious)]
    );

    let fields = json!({"close_at": minute(600)}).as_object().unwrap().clone();
    world.ok(|tx, ctx| change_record::decide(tx, ctx, &item, &fields, None));
    world.dispatch_quietly();
    settle_first(&mut world);

    let run = world.runs().remove(0);
    assert_eq!(
        (run.steps[1].state.clone(), run.steps[1].due_at),
        (StepState::WaitingTime, Some(minute(480)))
    );
}

#[test]
fn what_becomes_due_before_the_job_comes_to_it_is_replaced_all_the_same() {
    let mut world = World::new();
    world.automate("new", json!([late("one", "1h")]), json!([]));
    deal(&mut world);
    publish(&mut world, json!([late("one", "1h")]), Waiting::Cancel);

    world.now = minute(61);
    let run = world.runs().remove(0);
    assert!(matches!(world.ok(|tx, ctx| plan(tx, ctx, &run.id, "one")), Planned::Replaced));
    assert!(world.ok(|tx, ctx| one_run(tx, ctx, &run.id)).unwrap().is_over());

    world.work();
    assert_eq!(states(&world), vec![replaced("one")]);
}

#[test]
fn a_run_that_begins_to_wait_after_its_version_was_replaced_is_found_too() {
    let mut world = World::new();
    let robots = json!([
        robot("now", "a", json!({})),
        robot("later", "b", json!({"after_previous": true, "run": {"after": "1h"}}))
    ]);
    world.automate("new", robots, json!([]));
    deal(&mut world);

    assert_eq!(listed(&world), 0, "a run that has nothing to wait for costs no row");
    assert_eq!(publish(&mut world, json!([late("two", "2h")]), Waiting::Cancel), 0);
    world.work();

    // What was due already is finished under its version; what would wait behind it is not waited
    // for.
    settle_first(&mut world);
    world.work();
    assert_eq!(states(&world), vec![("now".into(), StepState::Done), replaced("later")]);
}

#[test]
fn a_later_publication_that_keeps_does_not_save_what_an_earlier_one_ended() {
    let mut world = World::new();
    world.automate("new", json!([late("one", "1h")]), json!([]));
    deal(&mut world);

    publish(&mut world, json!([late("one", "2h")]), Waiting::Cancel);
    publish(&mut world, json!([late("one", "3h")]), Waiting::Keep);
    world.work();

    assert_eq!(states(&world), vec![replaced("one")]);
}

#[test]
fn a_job_goes_on_in_batches_where_it_stopped() {
    let mut world = World::new();
    world.automate("new", json!([late("one", "1h")]), json!([]));
    for _ in 0..job::BATCH + 5 {
        deal(&mut world);
    }
    publish(&mut world, json!([]), Waiting::Cancel);

    let (came, more) = world.one_of("replace.new");
    assert_eq!((came.len(), more), (job::BATCH, true));
    let halfway = world.job("replace.new");
    assert_eq!((halfway.done, halfway.ended_at), (job::BATCH as u64, None));

    let (came, more) = world.one_of("replace.new");
    assert_eq!((came, more), (vec![One::Done; 5], false));
    assert_eq!(world.job("replace.new").done, job::BATCH as u64 + 5);
    assert!(world.due(Queue::Sweep).is_empty());
}

fn settle_first(world: &mut World) {
    world.settle_first(&Ending::Done {
        results: Map::new(),
        effects: Vec::new(),
        deliveries: Vec::new(),
        until: None,
    });
}

fn apply(world: &mut World) -> String {
    world.ok(|tx, ctx| job::apply(tx, ctx, "new")).id
}

#[test]
fn an_automation_is_applied_once_to_each_item_that_stands_on_its_stage() {
    let mut world = World::new();
    let (first, left) = (deal(&mut world), deal(&mut world));
    world.ok(|tx, ctx| move_item::decide(tx, ctx, &left, "processed", None));
    world.dispatch_quietly();
    world.automate("new", json!([late("one", "1h")]), json!([]));
    let second = deal(&mut world);

    let id = apply(&mut world);
    world.work();
    assert_eq!(world.job(&id).done, 1);
    let of = |world: &World, item: &RecordRef| {
        world.runs().into_iter().filter(|run| run.item == *item).count()
    };
    assert_eq!((of(&world, &first), of(&world, &second), of(&world, &left)), (1, 1, 0));

    let again = apply(&mut world);
    world.work();
    assert_eq!((world.job(&again).done, of(&world, &first)), (0, 1));

    let run = world.runs().into_iter().find(|run| run.item == first).unwrap();
    assert_eq!(
        run.steps[0].due_at,
        Some(minute(60)),
        "moments count from when the item came to the stage"
    );
}

#[test]
fn an_item_that_came_back_to_the_stage_unnoticed_counts_anew() {
    let mut world = World::new();
    world.automate("new", json!([late("one", "1h")]), json!([]));
    let item = deal(&mut world);

    let quiet = OpContext { automation: AutomationMode::Suppress, ..world.ctx() };
    for stage in ["processed", "new"] {
        let ctx = OpContext { command_id: world.ctx().command_id, ..quiet.clone() };
        world.run_as(&ctx, |tx, ctx| move_item::decide(tx, ctx, &item, stage, None)).unwrap();
    }

    apply(&mut world);
    world.work();

    assert_eq!(world.runs().len(), 2);
}

#[test]
fn an_item_whose_event_is_not_dispatched_yet_is_left_for_later() {
    let mut world = World::new();
    world.automate("new", json!([late("one", "1h")]), json!([]));
    world.create("deal", json!({"title": "Roof", "pipeline": "sales"}));
    let id = apply(&mut world);

    let (came, _) = world.one_of(&id);
    assert_eq!(came, vec![One::Later]);

    world.dispatch_quietly();
    // A job that has met an entry which has to wait goes on a second later.
    world.now = world.now.plus_ms(1_000);
    world.work();
    assert_eq!((world.runs().len(), world.job(&id).done), (1, 0));
}

#[test]
fn what_is_not_published_cannot_be_applied() {
    let mut world = World::new();
    world.save("new", json!([late("one", "1h")]), json!([])).unwrap();

    assert_eq!(
        world.run(|tx, ctx| job::apply(tx, ctx, "new")).unwrap_err().code,
        "automation.nothing-to-apply"
    );
    assert_eq!(world.run(|tx, ctx| job::apply(tx, ctx, "nothing")).unwrap_err().code, "not-found");
}
