//! What is paused waits, and goes on when it is resumed.

use serde_json::json;

use stagewright_core::command::deliver::{self, Claimed};
use stagewright_core::command::ingest::Ingested;
use stagewright_core::command::job::{self, One};
use stagewright_core::command::step::{Planned, pause, plan};
use stagewright_core::command::{change_record, move_item, retry_run};
use stagewright_core::key::Queue;
use stagewright_core::model::due::Due;
use stagewright_core::model::ending::CancelReason;
use stagewright_core::model::event::Outcome;
use stagewright_core::model::pauses::{Pausable, PausableKind, Pauses};
use stagewright_core::model::record::RecordRef;
use stagewright_core::model::run::{Run, StepState};

use crate::rules::world::{TENANT, World, minute, robot, trigger};

fn paused(world: &mut World, what: &Pausable) {
    world.ok(|tx, ctx| job::pause(tx, ctx, what));
}

fn resumed(world: &mut World, what: &Pausable) {
    world.ok(|tx, ctx| job::resume(tx, ctx, what));
    world.work();
}

fn automation() -> Pausable {
    Pausable::Automation("new".into())
}

/// A deal whose robot is due at once.
fn due_robot(world: &mut World) -> RecordRef {
    world.automate(
        "new",
        json!([robot("one", "a", json!({})), robot("two", "b", json!({"after_previous": true}))]),
        json!([]),
    );

    let item = world.create("deal", json!({"title": "Roof", "pipeline": "sales"}));
    world.dispatch_quietly();
    item
}

/// Looks at a step that is due, as the engine does.
fn look(world: &mut World, run: &Run) -> &'static str {
    match world.ok(|tx, ctx| plan(tx, ctx, &run.id, "one")) {
        Planned::Paused => {
            assert!(world.ok(|tx, ctx| pause(tx, ctx, &run.id, "one")));
            "paused"
        }
        Planned::Call(_) => "call",
        Planned::Over => "over",
        other => panic!("{other:?}"),
    }
}

fn state(world: &World) -> StepState {
    world.runs()[0].steps[0].state.clone()
}

#[test]
fn a_robot_of_a_paused_automation_waits_until_it_is_resumed() {
    let mut world = World::new();
    due_robot(&mut world);
    paused(&mut world, &automation());

    let run = world.runs().remove(0);
    assert_eq!(look(&mut world, &run), "paused");
    assert_eq!(state(&world), StepState::Paused { by: PausableKind::Automation });
    assert_eq!(world.runs()[0].steps[1].state, StepState::WaitingPrevious);
    assert!(world.due(Queue::Step).is_empty(), "a paused step is not looked at again and again");

    resumed(&mut world, &automation());
    assert_eq!(world.due(Queue::Step).len(), 1);
    assert_eq!(look(&mut world, &run), "call");
    assert_eq!(world.job("resume.automation.new").done, 1);
}

#[test]
fn a_robot_of_a_paused_plugin_waits_and_one_of_another_pause_waits_on() {
    let mut world = World::new();
    due_robot(&mut world);
    let plugin = Pausable::Plugin("test.kit".into());
    paused(&mut world, &plugin);
    paused(&mut world, &automation());

    let run = world.runs().remove(0);
    look(&mut world, &run);
    assert_eq!(state(&world), StepState::Paused { by: PausableKind::Automation });

    resumed(&mut world, &automation());
    assert_eq!(look(&mut world, &run), "paused");
    assert_eq!(state(&world), StepState::Paused { by: PausableKind::Plugin });

    resumed(&mut world, &plugin);
    assert_eq!(look(&mut world, &run), "call");
}

#[test]
fn what_is_paused_again_before_its_turn_waits_on() {
    let mut world = World::new();
    due_robot(&mut world);
    paused(&mut world, &automation());
    let run = world.runs().remove(0);
    look(&mut world, &run);

    world.ok(|tx, ctx| job::resume(tx, ctx, &automation()));
    paused(&mut world, &automation());
    world.work();
    assert_eq!(state(&world), StepState::Paused { by: PausableKind::Automation });

    resumed(&mut world, &automation());
    assert_eq!(look(&mut world, &run), "call");
}

#[test]
fn a_pause_that_ended_meanwhile_holds_nothing_back() {
    let mut world = World::new();
    due_robot(&mut world);
    paused(&mut world, &automation());
    let run = world.runs().remove(0);
    assert!(matches!(world.ok(|tx, ctx| plan(tx, ctx, &run.id, "one")), Planned::Paused));

    resumed(&mut world, &automation());
    assert!(!world.ok(|tx, ctx| pause(tx, ctx, &run.id, "one")));
    assert_eq!(state(&world), StepState::WaitingTime);
}

#[test]
fn leaving_the_stage_cancels_what_a_pause_holds_back() {
    let mut world = World::new();
    let item = due_robot(&mut world);
    paused(&mut world, &automation());
    let run = world.runs().remove(0);
    look(&mut world, &run);

    world.ok(|tx, ctx| move_item::decide(tx, ctx, &item, "processed", None));
    assert_eq!(state(&world), StepState::Cancelled { reason: CancelReason::StageLeft });

    resumed(&mut world, &automation());
    assert!(world.due(Queue::Step).is_empty());
}

#[test]
fn a_date_that_changes_moves_a_paused_robot() {
    let mut world = World::new();
    world.automate(
        "new",
        json!([robot("one", "a", json!({"run": {"after": "1h", "field": "close_at"}}))]),
        json!([]),
    );
    let item = world
        .create("deal", json!({"title": "Roof", "pipeline": "sales", "close_at": minute(-60)}));
    world.dispatch_quietly();

    paused(&mut world, &automation());
    let run = world.runs().remove(0);
    look(&mut world, &run);

    let fields = json!({"close_at": minute(60)}).as_object().unwrap().clone();
    world.ok(|tx, ctx| change_record::decide(tx, ctx, &item, &fields, None));
    assert_eq!(
        (state(&world), world.runs()[0].steps[0].due_at),
        (StepState::WaitingTime, Some(minute(120)))
    );

    resumed(&mut world, &automation());
    assert_eq!(world.runs()[0].steps[0].due_at, Some(minute(120)));
}

#[test]
fn a_trigger_of_a_paused_automation_is_skipped_and_says_so() {
    let mut world = World::new();
    let user = world.create("user", json!({"name": "Ivan"}));
    world.automate("processed", json!([]), json!([trigger("accepted", json!({}))]));

    let Ingested::In { conversation, .. } = world.client_writes("m1", "+380501112233") else {
        panic!()
    };
    let item = world.create(
        "deal",
        json!({"title": "Roof", "pipeline": "sales", "conversation": conversation}),
    );
    world.dispatch_quietly();

    paused(&mut world, &Pausable::Automation("processed".into()));
    world.ok(|tx, ctx| {
        stagewright_core::command::accept_conversation::decide(tx, ctx, &conversation, &user.id)
    });

    world.dispatch(&|_| panic!("a paused trigger is not asked"));
    let reason = "the automation is paused".to_owned();
    assert_eq!(world.outcomes(&item).pop(), Some(Outcome::Skipped { reason }));
}

#[test]
fn pausing_twice_keeps_the_first_moment_and_resuming_what_runs_does_nothing() {
    let mut world = World::new();
    due_robot(&mut world);
    assert!(world.ok(|tx, ctx| job::resume(tx, ctx, &Pausable::Sending)).is_none());

    paused(&mut world, &Pausable::Sending);
    world.now = minute(5);
    paused(&mut world, &Pausable::Sending);
    assert_eq!(
        world.get::<Pauses>(&Pauses::key(TENANT)).unwrap().sending.unwrap().since,
        minute(0)
    );

    let unknown = world
        .run(|tx, ctx| job::pause(tx, ctx, &Pausable::Automation("nothing".into())))
        .unwrap_err();
    assert_eq!(unknown.code, "not-found");
}

#[test]
fn messages_wait_while_all_sending_is_paused_and_go_out_when_it_is_resumed() {
    let mut world = World::new();
    let delivery = world.message("+380501112233");
    paused(&mut world, &Pausable::Sending);

    assert!(matches!(world.ok(|tx, ctx| deliver::claim(tx, ctx, &delivery)), Claimed::Over));
    assert!(
        world.due(Queue::Delivery).is_empty(),
        "what is paused is not looked at again and again"
    );

    resumed(&mut world, &Pausable::Sending);
    let Some((_, Due::Delivery { id, .. })) = world.due(Queue::Delivery).pop() else { panic!() };
    assert_eq!(id, delivery);
    assert!(matches!(world.ok(|tx, ctx| deliver::claim(tx, ctx, &delivery)), Claimed::Send(_)));
}

#[test]
fn a_cancelled_run_leaves_nothing_to_resume() {
    let mut world = World::new();
    due_robot(&mut world);
    paused(&mut world, &automation());
    let run = world.runs().remove(0);
    look(&mut world, &run);

    world.ok(|tx, ctx| retry_run::cancel(tx, ctx, &run.id));
    world.ok(|tx, ctx| job::resume(tx, ctx, &automation()));

    let (came, _) = world.one_of("resume.automation.new");
    assert_eq!(came, vec![One::Nothing]);
    assert_eq!(state(&world), StepState::Cancelled { reason: CancelReason::ByUser });
}
