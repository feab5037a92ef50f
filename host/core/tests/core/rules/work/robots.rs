//! Tasks that robots make, and that robots complete.

use serde_json::json;

use stagewright_core::command::complete_tasks::Which;
use stagewright_core::command::step::{Planned, plan};
use stagewright_core::command::{change_record, complete_tasks, create_record, move_item};
use stagewright_core::context::OpContext;
use stagewright_core::key::Queue;
use stagewright_core::model::due::Due;
use stagewright_core::model::record::RecordRef;

use super::{change, deal, timeline, told};
use crate::rules::world::{World, robot};

/// The context of the step that is due first: what the host decides a robot's effects under.
fn as_first_robot(world: &mut World) -> OpContext {
    let (_, Due::Step { run, step, .. }) = world.due(Queue::Step).into_iter().next().unwrap()
    else {
        panic!()
    };

    let Planned::Call(planned) = world.ok(|tx, ctx| plan(tx, ctx, &run, &step)) else { panic!() };

    planned.ctx
}

/// A deal on `new` whose robot `make` made a task called "Call", linked to the deal and to another
/// one.
fn robots_task(world: &mut World) -> (RecordRef, RecordRef, RecordRef) {
    world.automate("new", json!([robot("make", "a", json!({}))]), json!([]));
    let other = world.create("lead", json!({"title": "Other", "pipeline": "leads"}));
    let item = deal(world);
    world.dispatch_quietly();

    let ctx = as_first_robot(world);
    let fields = json!({"title": "Call", "items": [item, other]}).as_object().unwrap().clone();
    let (task, _) =
        world.run_as(&ctx, |tx, ctx| create_record::decide(tx, ctx, "task", &fields)).unwrap();

    (item, other, task.key)
}

#[test]
fn a_robots_task_remembers_robot_pipeline_stage_and_run() {
    // S4-24
    let mut world = World::new();
    world.pipeline_of_leads();
    let (_, _, task) = robots_task(&mut world);

    let run = world.runs().remove(0).id;
    let by = json!({
        "automation": "new", "robot": "make", "pipeline": "sales", "stage": "new", "run": run,
    });

    assert_eq!(world.record(&task).fields["made_by"], by);
}

#[test]
fn what_a_robot_does_with_a_task_is_no_news_to_its_own_item() {
    // S4-38
    let mut world = World::new();
    world.pipeline_of_leads();
    let (item, other, task) = robots_task(&mut world);

    assert_eq!(told(&world, "task.created"), vec![other.clone()]);

    let mut ctx = as_first_robot(&mut world);
    ctx = ctx.part(7);
    let fields = json!({"status": "completed"}).as_object().unwrap().clone();
    world.run_as(&ctx, |tx, ctx| change_record::decide(tx, ctx, &task, &fields, None)).unwrap();

    assert_eq!(told(&world, "task.status_changed"), vec![other]);
    assert_eq!(timeline(&world, &item).last().unwrap(), "task completed: Call");
}

#[test]
fn completing_tasks_leaves_those_of_people_of_other_stages_and_of_itself_alone() {
    // S4-32 to S4-37
    let mut world = World::new();
    world.pipeline_of_leads();

    let (item, _, task) = robots_task(&mut world);
    let by_hand = world.create("task", json!({"title": "By hand", "items": [item]}));
    world.dispatch_quietly();

    let itself = as_first_robot(&mut world).part(8);
    let all = Which::default();

    assert!(
        world
            .run_as(&itself, |tx, ctx| complete_tasks::decide(tx, ctx, &item, &all))
            .unwrap()
            .is_empty()
    );

    world.automate("won", json!([robot("finish", "a", json!({}))]), json!([]));
    world.ok(|tx, ctx| move_item::decide(tx, ctx, &item, "won", None));
    world.dispatch_quietly();
    let ctx = as_first_robot(&mut world);

    let elsewhere = Which { pipeline: Some("sales".into()), stages: vec!["processed".into()] };
    assert!(
        world
            .run_as(&ctx, |tx, ctx| complete_tasks::decide(tx, ctx, &item, &elsewhere))
            .unwrap()
            .is_empty()
    );

    let here =
        Which { pipeline: Some("sales".into()), stages: vec!["processed".into(), "new".into()] };
    let done = world.run_as(&ctx, |tx, ctx| complete_tasks::decide(tx, ctx, &item, &here)).unwrap();

    assert_eq!(done, vec![task.id]);
    assert_eq!(world.record(&by_hand).text("status"), "new");
    assert_eq!(timeline(&world, &item).last().unwrap(), "task completed: Call");

    let again = world
        .run_as(&ctx.part(9), |tx, ctx| complete_tasks::decide(tx, ctx, &item, &here))
        .unwrap();

    assert!(again.is_empty());
}

#[test]
fn twelve_tasks_are_completed_in_one_decision() {
    let mut world = World::new();
    world.pipeline_of_leads();
    let (item, ..) = robots_task(&mut world);

    let ctx = as_first_robot(&mut world);
    for number in 0..12 {
        let fields = json!({"title": "More", "items": [item]}).as_object().unwrap().clone();
        world
            .run_as(&ctx.part(20 + number), |tx, ctx| {
                create_record::decide(tx, ctx, "task", &fields)
            })
            .unwrap();
    }

    let done = world.ok(|tx, ctx| complete_tasks::decide(tx, ctx, &item, &Which::default()));
    assert_eq!(done.len(), 13);
}

#[test]
fn a_task_that_was_declined_stays_so_and_a_deferred_one_is_completed() {
    let mut world = World::new();
    world.pipeline_of_leads();

    let (item, _, declined) = robots_task(&mut world);
    let ctx = as_first_robot(&mut world);
    let fields = json!({"title": "Later", "items": [item]}).as_object().unwrap().clone();
    let (deferred, _) = world
        .run_as(&ctx.part(20), |tx, ctx| create_record::decide(tx, ctx, "task", &fields))
        .unwrap();

    change(&mut world, &declined, json!({"status": "declined"}));
    change(&mut world, &deferred.key, json!({"status": "deferred"}));

    let done = world.ok(|tx, ctx| complete_tasks::decide(tx, ctx, &item, &Which::default()));

    assert_eq!((done, world.record(&declined).text("status")), (vec![deferred.key.id], "declined"));
}
