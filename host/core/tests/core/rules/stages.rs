//! Entering and leaving stages.

use serde_json::{Value, json};

use stagewright_core::call::Verdict;
use stagewright_core::command::{change_record, delete_record, move_item};
use stagewright_core::key::{Key, Queue};
use stagewright_core::model::automation::Bindings;
use stagewright_core::model::ending::CancelReason;
use stagewright_core::model::event::{Decisions, Outcome};
use stagewright_core::model::record::{Lane, RecordRef};
use stagewright_core::model::run::StepState;

use crate::rules::world::{TENANT, World, minute, robot, trigger};

fn states(world: &World) -> Vec<StepState> {
    world.runs().into_iter().flat_map(|run| run.steps).map(|step| step.state).collect()
}

fn deal(world: &mut World) -> RecordRef {
    world.create("deal", json!({"title": "Roof", "pipeline": "sales"}))
}

fn late_chain() -> Value {
    json!([
        robot("get", "a", json!({"run": {"after": "30m", "field": "created_at"}})),
        robot("send", "b", json!({"after_previous": true})),
    ])
}

fn move_to(world: &mut World, item: &RecordRef, stage: &str) {
    world.ok(|tx, ctx| move_item::decide(tx, ctx, item, stage, None));
}

#[test]
fn creation_starts_the_stage_exactly_like_a_move() {
    // S0-03, S0-08, S0-13
    let mut world = World::new();
    world.automate("new", late_chain(), json!([]));
    deal(&mut world);

    world.dispatch_quietly();

    assert_eq!(states(&world), vec![StepState::WaitingTime, StepState::WaitingPrevious]);
    let due = world.due(Queue::Step);
    assert_eq!(
        due.iter().map(|(key, _)| key.as_due().unwrap().due_at).collect::<Vec<_>>(),
        vec![minute(30)]
    );
}

#[test]
fn leaving_the_stage_cancels_what_waits_in_the_same_commit() {
    // S0-29
    let mut world = World::new();
    world.automate("new", late_chain(), json!([]));
    let item = deal(&mut world);
    world.dispatch_quietly();

    move_to(&mut world, &item, "processed");

    let cancelled = StepState::Cancelled { reason: CancelReason::StageLeft };
    assert_eq!(states(&world), vec![cancelled.clone(), cancelled]);
    assert!(world.due(Queue::Step).is_empty());
    assert_eq!(world.get::<Lane>(&item.lane_key(TENANT)).unwrap().runs, Vec::<String>::new());
}

#[test]
fn a_robot_that_is_to_be_kept_survives_leaving() {
    let mut world = World::new();
    world.automate(
        "new",
        json!([robot("keep", "a", json!({"run": {"after": "1h"}, "on_leave": "keep"}))]),
        json!([]),
    );
    let item = deal(&mut world);
    world.dispatch_quietly();

    move_to(&mut world, &item, "processed");

    assert_eq!(states(&world), vec![StepState::WaitingTime]);
}

#[test]
fn an_item_that_left_before_its_event_was_dispatched_starts_nothing() {
    let mut world = World::new();
    world.automate("new", late_chain(), json!([]));
    let item = deal(&mut world);

    move_to(&mut world, &item, "processed");
    world.dispatch_quietly();

    assert!(world.runs().is_empty());

    let prefix = Decisions::range(TENANT, &item);
    let decisions: Vec<Decisions> = world
        .rows
        .keys()
        .filter(|key| key.starts_with(&prefix))
        .filter_map(|key| world.get(key))
        .collect();
    assert_eq!(
        decisions[0].candidates[0].outcome,
        Outcome::Cancelled { reason: CancelReason::StageLeft }
    );
}

#[test]
fn coming_back_starts_a_new_run_and_says_that_the_anchor_is_past() {
    // S0-09, S0-32
    let mut world = World::new();
    world.automate("new", late_chain(), json!([]));
    let item = deal(&mut world);
    world.dispatch_quietly();
    move_to(&mut world, &item, "processed");

    world.now = minute(45);
    move_to(&mut world, &item, "new");
    world.dispatch_quietly();

    let runs = world.runs();
    assert_eq!(runs.len(), 2);
    assert_eq!(runs[1].steps[0].state, StepState::WaitingTime);
    assert!(
        runs[1].steps[0].note.as_ref().unwrap().starts_with("anchor in the past, ran immediately")
    );
    assert_eq!(runs[1].steps[0].due_at, Some(minute(45)));
}

#[test]
fn if_past_skip_skips_and_the_chain_goes_on() {
    // S0-09
    let mut world = World::new();
    let mut robots = late_chain();
    robots[0]["if_past"] = json!("skip");
    world.automate("new", robots, json!([]));
    let item = deal(&mut world);

    move_to(&mut world, &item, "processed");
    world.now = minute(45);
    move_to(&mut world, &item, "new");
    world.dispatch_quietly();

    assert!(matches!(states(&world)[..], [StepState::Skipped { .. }, StepState::WaitingTime]));
}

#[test]
fn a_date_that_changes_takes_the_waiting_robot_with_it() {
    // S0-10
    let mut world = World::new();
    world.automate(
        "new",
        json!([robot("remind", "a", json!({"run": {"before": "1h", "field": "close_at"}}))]),
        json!([]),
    );

    let item = deal(&mut world);
    world.dispatch_quietly();
    assert_eq!(states(&world), vec![StepState::WaitingField { field: "close_at".into() }]);

    let close = |at| json!({"close_at": at}).as_object().unwrap().clone();
    for at in [minute(300), minute(200)] {
        world.ok(|tx, ctx| change_record::decide(tx, ctx, &item, &close(at), None));
        let due = world.due(Queue::Step);
        assert_eq!(
            due.iter().map(|(key, _)| key.as_due().unwrap().due_at).collect::<Vec<_>>(),
            vec![at.plus_ms(-3_600_000)]
        );
    }
}

#[test]
fn deleting_an_item_cancels_what_waits_for_it() {
    // S0-33
    let mut world = World::new();
    world.automate("new", late_chain(), json!([]));
    let item = deal(&mut world);
    world.dispatch_quietly();

    world.ok(|tx, ctx| delete_record::decide(tx, ctx, &item, None, None));

    assert_eq!(states(&world)[0], StepState::Cancelled { reason: CancelReason::ItemDeleted });
    assert!(world.due(Queue::Step).is_empty());
}

#[test]
fn the_earliest_stage_that_fires_wins_and_the_others_are_recorded_as_lost() {
    let mut world = World::new();
    world.automate("processed", json!([]), json!([trigger("near", json!({}))]));
    world.automate("won", json!([]), json!([trigger("far", json!({}))]));
    let item = accepted_deal(&mut world);

    world.dispatch(&|_| Verdict::Fire);
    assert_eq!(world.record(&item).text("stage"), "processed");

    let decisions = last_decisions(&world, &item);
    let outcomes: Vec<_> = decisions
        .candidates
        .iter()
        .map(|c| (c.trigger.as_deref().unwrap(), c.outcome.clone()))
        .collect();
    assert_eq!(
        outcomes,
        vec![
            ("near", Outcome::Ran { run: None }),
            ("far", Outcome::Lost { to: "processed/near".into() })
        ]
    );
}

#[test]
fn bindings_that_an_earlier_host_wrote_still_lead_to_their_triggers() {
    let mut world = World::new();
    world.automate("processed", json!([]), json!([trigger("near", json!({}))]));

    let key = Bindings::key(TENANT, "sales");
    let mut bindings: Bindings = world.get(&key).unwrap();
    bindings.stages.values_mut().for_each(|binding| binding.triggers.clear());
    world.put(key, &bindings);

    let item = accepted_deal(&mut world);
    world.dispatch(&|_| Verdict::Fire);
    assert_eq!(world.record(&item).text("stage"), "processed");
}

#[test]
fn no_trigger_moves_back_or_out_of_a_final_stage_unless_allowed() {
    let mut world = World::new();
    world.automate(
        "processed",
        json!([]),
        json!([trigger("back", json!({"allow_back_move": true}))]),
    );
    let item = accepted_deal(&mut world);
    move_to(&mut world, &item, "won");

    world.dispatch(&|_| Verdict::Fire);
    assert_eq!(world.record(&item).text("stage"), "won");
    let Outcome::Skipped { reason } =
        last_decisions_with_candidates(&world, &item).candidates[0].outcome.clone()
    else {
        panic!()
    };
    assert!(reason.contains("final stage"), "{reason}");
}

/// A deal made by hand from a conversation that was accepted already.
fn accepted_deal(world: &mut World) -> RecordRef {
    let user = world.create("user", json!({"name": "Ivan"}));
    world.client_writes("m1", "+380501112233");

    let conversation: String = world
        .rows
        .keys()
        .filter_map(|key| {
            key.parts_after(&Key::new(TENANT, stagewright_core::key::Table::Conversation, &[]))
        })
        .find_map(|parts| parts.into_iter().next())
        .unwrap();

    world.ok(|tx, ctx| {
        stagewright_core::command::accept_conversation::decide(tx, ctx, &conversation, &user.id)
    });

    // S0-26: it counts as accepted.
    world
        .create("deal", json!({"title": "Roof", "pipeline": "sales", "conversation": conversation}))
}

fn last_decisions(world: &World, item: &RecordRef) -> Decisions {
    last_decisions_with_candidates(world, item)
}

fn last_decisions_with_candidates(world: &World, item: &RecordRef) -> Decisions {
    let prefix = Decisions::range(TENANT, item);
    world
        .rows
        .keys()
        .filter(|key| key.starts_with(&prefix))
        .filter_map(|key| world.get::<Decisions>(key))
        .next_back()
        .unwrap()
}
