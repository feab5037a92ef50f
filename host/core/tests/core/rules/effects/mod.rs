//! What robots record, and what becomes of it in one commit with their step.

mod tasks;
mod working_time;

use serde_json::{Map, json};

use stagewright_core::call::Usage;
use stagewright_core::command::invoke_robot;
use stagewright_core::command::step::{Ending, Plan, Planned, plan, settle};
use stagewright_core::context::OpContext;
use stagewright_core::key::Queue;
use stagewright_core::model::due::Due;
use stagewright_core::model::ending::CancelReason;
use stagewright_core::model::plugin::Grant;
use stagewright_core::model::record::RecordRef;
use stagewright_core::model::run::{Attempt, StepState};
use stagewright_core::read::Reads;
use stagewright_core::scope::{HostError, Recorded, Scope, Stop};
use stagewright_core::tx::{Decision, decide_over};

use crate::rules::world::{TENANT, World, robot};

/// Every permission that these robots need.
const SCOPES: [&str; 10] = [
    "records.write:*",
    "records.move:*",
    "records.assign:*",
    "tasks.create",
    "tasks.complete",
    "activities.write",
    "history.write",
    "notify.send",
    "records.read:*",
    "directory.read",
];

/// A deal for which robots of stage `new` run.
pub(crate) fn deal(world: &mut World, robots: serde_json::Value) -> RecordRef {
    let boss = world.create("user", json!({"name": "Taras"}));
    let sales = world.create("department", json!({"name": "Sales", "head": boss.id}));
    let user = world.create("user", json!({"name": "Olha", "department": sales.id}));

    world.automate("new", robots, json!([]));

    let item =
        world.create("deal", json!({"title": "Roof", "pipeline": "sales", "responsible": user.id}));
    world.dispatch_quietly();
    item
}

/// Carries out the step that is due first, its robot doing `work`, and commits both together.
pub(crate) fn act<T>(
    world: &mut World,
    mut work: impl FnMut(&mut Scope) -> Result<T, Stop>,
) -> Result<T, HostError> {
    let first = world.due(Queue::Step).into_iter().next();
    let Some((_, Due::Step { run, step, .. })) = first else { panic!("no step is due") };

    let ctx = OpContext::system(TENANT, &["step", &run, &step], world.now);
    let planned = world.run_as(&ctx, |tx, ctx| plan(tx, ctx, &run, &step)).unwrap();
    let Planned::Call(planned) = planned else { panic!("{planned:?}") };

    let grant = Grant { scopes: SCOPES.map(str::to_owned).into(), ..Grant::default() };
    let scope = Scope::new(planned.ctx.clone(), Some(planned.item.key.clone()), grant, 10);
    let step_id = &planned.context.step_id;
    let mut scope = scope.for_step(&run, &step, step_id, Some(planned.epoch));

    let answer = loop {
        match work(&mut scope) {
            Ok(answer) => break answer,
            Err(Stop::Refused(refusal)) => return Err(refusal),
            Err(Stop::Damaged(reason)) => panic!("{reason}"),
            Err(Stop::Need(reads)) => {
                let found = reads.iter().map(|read| world.find(read)).collect();
                scope.loaded(reads, found);
            }
        }
    };

    settle_recorded(world, &planned, (&run, &step), scope.into_recorded());
    Ok(answer)
}

/// Settles a step as done on what its robot recorded, and commits both together.
fn settle_recorded(
    world: &mut World,
    planned: &Plan,
    (run, step): (&str, &str),
    recorded: Recorded,
) {
    let attempt = Attempt {
        at: world.now,
        version: "1.2.3".into(),
        usage: Usage::default(),
        log: Vec::new(),
        error: None,
    };

    let ending = Ending::Done {
        results: Map::new(),
        effects: recorded.effects,
        deliveries: recorded.deliveries,
        until: recorded.until,
    };

    let mut reads: Reads = recorded.reads;
    loop {
        let settled = decide_over(&reads, &recorded.commit, |tx| {
            let ctx = planned.ctx.part(usize::MAX);
            settle(tx, &ctx, (run, step), ending.clone(), attempt.clone(), None)
        });

        match settled {
            Decision::Done(commit, ()) => {
                return world.apply(&recorded.commit.then(commit).unwrap());
            }
            Decision::Need(needs) => {
                needs
                    .into_iter()
                    .for_each(|read| drop(reads.insert(read.clone(), world.find(&read))));
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_robot_that_moves_its_item_is_done_and_what_waits_behind_it_is_cancelled() {
    let mut world = World::new();
    let later = robot("later", "x", json!({"run": {"after": "1d"}}));
    let item = deal(
        &mut world,
        json!([
            robot("mover", "x", json!({})),
            later,
            robot("last", "x", json!({"after_previous": true}))
        ]),
    );

    assert_eq!(act(&mut world, |scope| scope.move_to(None, "won")), Ok(true));

    assert_eq!(world.record(&item).text("stage"), "won");
    let run = world.runs().remove(0);
    let cancelled = StepState::Cancelled { reason: CancelReason::StageLeft };
    assert_eq!(
        run.steps.iter().map(|step| step.state.clone()).collect::<Vec<_>>(),
        [StepState::Done, cancelled.clone(), cancelled]
    );
    assert_eq!(run.steps[0].effects, ["moved to won"]);
    assert!(run.ended_at.is_some() && world.due(Queue::Step).is_empty());
}

#[test]
fn a_robot_that_moves_its_item_to_where_it_stands_changes_nothing() {
    let mut world = World::new();
    deal(&mut world, json!([robot("mover", "x", json!({}))]));

    assert_eq!(act(&mut world, |scope| scope.move_to(None, "new")), Ok(false));

    assert_eq!(world.runs()[0].steps[0].effects, ["stands on new already"]);
}

#[test]
fn values_from_templates_become_what_the_fields_hold() {
    let mut world = World::new();
    let item = deal(&mut world, json!([robot("writer", "x", json!({}))]));

    act(&mut world, |scope| {
        scope.update(None, r#"{"amount": " 12.50 ", "close_at": "", "comment": " as it is "}"#)
    })
    .unwrap();

    let item = world.record(&item);
    assert_eq!(
        (item.text("amount"), item.text("comment"), item.fields.get("close_at")),
        ("12.50", " as it is ", None)
    );
    assert_eq!(world.runs()[0].steps[0].effects, ["changed amount, close_at, comment"]);
}

#[test]
fn a_value_that_does_not_fit_names_the_field() {
    let mut world = World::new();
    deal(&mut world, json!([robot("writer", "x", json!({}))]));

    let refusal = act(&mut world, |scope| scope.update(None, r#"{"amount": "much"}"#)).unwrap_err();

    assert_eq!((refusal.code, refusal.subject.as_deref()), ("invalid", Some("fields.amount")));

    let refusal = act(&mut world, |scope| scope.update(None, r#"{"stage": "won"}"#)).unwrap_err();
    assert!(refusal.message.contains("/move"), "{refusal:?}");
}

#[test]
fn invoked_robots_have_turns_of_their_own() {
    let mut world = World::new();
    let item = world.create("deal", json!({"title": "Roof", "pipeline": "sales"}));

    let users: Vec<String> =
        (0..2).map(|n| world.create("user", json!({"name": format!("U{n}")})).id).collect();
    let choice = json!({"users": users, "how": "in_order"}).to_string();

    let chosen: Vec<String> = ["say", "names", "say", "names"]
        .map(|robot| {
            let settings = json!({"text": "x"})
                .as_object()
                .filter(|_| robot == "say")
                .cloned()
                .unwrap_or_default();
            world.ok(|tx, ctx| invoke_robot::decide(tx, ctx, "test.kit", robot, &item, &settings));
            world.dispatch_quietly();
            act(&mut world, |scope| scope.assign(None, &choice, 0)).unwrap()
        })
        .into();

    assert_eq!(chosen, [&users[0], &users[0], &users[1], &users[1]].map(Clone::clone));
}
