//! Triggers that wait for an item to be left alone.

use serde_json::{Value, json};

use stagewright_core::call::Verdict;
use stagewright_core::command::idle::{self, Fired};
use stagewright_core::command::{
    change_record, delete_record, job, move_item, publish_automation, put_automation,
};
use stagewright_core::context::{Actor, OpContext};
use stagewright_core::key::Queue;
use stagewright_core::model::due::Due;
use stagewright_core::model::event::Event;
use stagewright_core::model::pauses::Pausable;
use stagewright_core::model::record::RecordRef;
use stagewright_core::time::Timestamp;

use crate::rules::world::{TENANT, World, minute};

const HOUR: i64 = 60;

/// A trigger that waits for `after`.
fn left_alone(id: &str, after: &str) -> Value {
    json!({"id": id, "plugin": "test.kit", "trigger": "left-alone", "settings": {"after": after}})
}

/// A tenant whose deals go to `processed` after being left alone for an hour.
fn world() -> World {
    let mut world = World::new();
    world.automate("processed", json!([]), json!([left_alone("hour", "1h")]));
    world
}

fn deal(world: &mut World) -> RecordRef {
    let item = world.create("deal", json!({"title": "Roof", "pipeline": "sales"}));
    world.dispatch_quietly();
    item
}

fn touch(world: &mut World, item: &RecordRef, title: &str) {
    let fields = json!({"title": title}).as_object().unwrap().clone();
    world.ok(|tx, ctx| change_record::decide(tx, ctx, item, &fields, None));
    world.dispatch_quietly();
}

/// When the timer is due.
fn due_at(world: &World) -> Option<Timestamp> {
    let timers: Vec<_> = world
        .due(Queue::Step)
        .into_iter()
        .filter(|(_, due)| matches!(due, Due::Idle { .. }))
        .collect();

    assert!(timers.len() <= 1, "an item has one timer");
    timers.first().map(|(key, _)| key.as_due().unwrap().due_at)
}

/// Fires the timer at its moment, or at `now` where that is later.
fn fire(world: &mut World) -> Fired {
    let (key, due) = world.due(Queue::Step).into_iter().next().unwrap();
    let Due::Idle { item } = due else { panic!() };
    let moment = key.as_due().unwrap().due_at;
    world.now = world.now.max(moment);

    let ctx = OpContext::system(TENANT, &["idle", &moment.to_string()], world.now);
    world.run_as(&ctx, |tx, ctx| idle::fire(tx, ctx, &key, &item)).unwrap()
}

/// Fires the timer and gives what the event says.
fn told(world: &mut World) -> Value {
    let Fired::Told(event) = fire(world) else { panic!("nothing was told") };
    json!(world.get::<Event>(&Event::key(TENANT, &event)).unwrap().payload)
}

#[test]
fn an_item_that_nobody_touches_is_told_of_once() {
    let mut world = world();
    let item = deal(&mut world);

    assert_eq!(due_at(&world), Some(minute(HOUR)));
    assert_eq!(told(&mut world), json!({"idle_ms": 3_600_000, "since": minute(0), "stage": "new"}));

    world.dispatch(&|_| Verdict::Fire);
    assert_eq!(world.record(&item).text("stage"), "processed");
    assert_eq!(due_at(&world), None);
}

#[test]
fn activity_writes_no_due_row_and_moves_the_moment_all_the_same() {
    let mut world = world();
    let item = deal(&mut world);

    world.now = minute(59);
    touch(&mut world, &item, "Another roof");
    assert_eq!(due_at(&world), Some(minute(HOUR)));

    assert_eq!(fire(&mut world), Fired::Quiet);
    assert_eq!(due_at(&world), Some(minute(59 + HOUR)));
    assert_eq!(told(&mut world)["since"], json!(minute(59)));
}

#[test]
fn activity_at_the_very_moment_counts_and_a_moment_later_is_too_late() {
    let mut world = world();
    let item = deal(&mut world);

    world.now = minute(HOUR);
    touch(&mut world, &item, "Another roof");
    assert_eq!(fire(&mut world), Fired::Quiet);

    world.now = minute(2 * HOUR).plus_ms(-1);
    touch(&mut world, &item, "A third roof");
    assert_eq!(fire(&mut world), Fired::Quiet);
    assert_eq!(due_at(&world), Some(minute(3 * HOUR).plus_ms(-1)));
    assert_eq!(told(&mut world)["since"], json!(minute(2 * HOUR).plus_ms(-1)));
}

#[test]
fn what_automation_and_the_host_do_is_no_activity() {
    let mut world = world();
    let item = deal(&mut world);
    world.now = minute(30);

    for actor in [Actor::System, Actor::Automation { automation: "a".into(), robot: "r".into() }] {
        let ctx = OpContext { actor: actor.clone(), ..world.ctx() };
        let fields = json!({"title": format!("{actor:?}")}).as_object().unwrap().clone();
        world.run_as(&ctx, |tx, ctx| change_record::decide(tx, ctx, &item, &fields, None)).unwrap();
        world.dispatch_quietly();
    }

    assert_eq!(told(&mut world)["since"], json!(minute(0)));
}

#[test]
fn activity_without_automation_counts_too() {
    let mut world = world();
    let item = deal(&mut world);
    world.now = minute(30);

    let ctx = OpContext {
        automation: stagewright_core::context::AutomationMode::Suppress,
        ..world.ctx()
    };
    let fields = json!({"title": "Imported"}).as_object().unwrap().clone();
    world.run_as(&ctx, |tx, ctx| change_record::decide(tx, ctx, &item, &fields, None)).unwrap();

    assert_eq!(fire(&mut world), Fired::Quiet);
    assert_eq!(due_at(&world), Some(minute(30 + HOUR)));
}

#[test]
fn two_durations_are_told_of_one_after_the_other_and_then_none_until_there_is_new_activity() {
    let mut world = world();
    world.automate(
        "won",
        json!([]),
        json!([left_alone("day", "1d"), left_alone("same_day", "1d")]),
    );
    let item = deal(&mut world);

    assert_eq!(told(&mut world)["idle_ms"], json!(3_600_000));
    world.dispatch_quietly();
    assert_eq!(due_at(&world), Some(minute(24 * HOUR)));

    assert_eq!(told(&mut world)["idle_ms"], json!(86_400_000));
    world.dispatch_quietly();
    assert_eq!(due_at(&world), None);

    touch(&mut world, &item, "Another roof");
    assert_eq!(due_at(&world), Some(minute(25 * HOUR)));
    assert_eq!(told(&mut world)["since"], json!(minute(24 * HOUR)));
}

#[test]
fn a_host_that_was_away_tells_every_duration_in_its_order() {
    let mut world = world();
    world.automate("won", json!([]), json!([left_alone("day", "1d")]));
    deal(&mut world);
    world.now = minute(48 * HOUR);

    assert_eq!(told(&mut world)["idle_ms"], json!(3_600_000));
    // The event of the first duration is not dispatched yet, and the timer waits for it (ADR 0008).
    assert_eq!(fire(&mut world), Fired::NotYet);
    world.dispatch_quietly();
    assert_eq!(told(&mut world)["idle_ms"], json!(86_400_000));
}

#[test]
fn a_deleted_item_is_not_told_of() {
    let mut world = world();
    let item = deal(&mut world);

    world.ok(|tx, ctx| delete_record::decide(tx, ctx, &item, None, None));

    assert_eq!(fire(&mut world), Fired::Quiet);
    assert_eq!(due_at(&world), None);
}

#[test]
fn an_item_on_a_final_stage_has_no_timer_until_it_comes_back() {
    let mut world = world();
    let item = deal(&mut world);

    world.ok(|tx, ctx| move_item::decide(tx, ctx, &item, "won", None));
    world.dispatch_quietly();
    assert_eq!(fire(&mut world), Fired::Quiet);

    touch(&mut world, &item, "Another roof");
    assert_eq!(due_at(&world), None);

    world.now = minute(100);
    world.ok(|tx, ctx| move_item::decide(tx, ctx, &item, "new", None));
    world.dispatch_quietly();
    assert_eq!(due_at(&world), Some(minute(100 + HOUR)));
}

#[test]
fn a_trigger_that_is_published_away_is_not_waited_for_any_more() {
    let mut world = world();
    let item = deal(&mut world);

    republish(&mut world, json!([]));
    assert_eq!(fire(&mut world), Fired::Quiet);
    assert_eq!(due_at(&world), None);

    touch(&mut world, &item, "Another roof");
    assert_eq!(due_at(&world), None);
}

#[test]
fn an_item_that_is_quiet_already_is_watched_for_a_duration_that_is_published_later() {
    let mut world = world();
    deal(&mut world);

    world.now = minute(5);
    republish(&mut world, json!([left_alone("hour", "10m")]));
    world.work();

    assert_eq!(due_at(&world), Some(minute(10)));
    assert_eq!(world.job("watch.processed").done, 1);
    assert_eq!(told(&mut world)["idle_ms"], json!(600_000));
}

#[test]
fn an_item_that_was_quiet_for_longer_than_what_is_published_is_told_of_at_once() {
    let mut world = World::new();
    let item = deal(&mut world);

    world.now = minute(2 * HOUR);
    world.automate("processed", json!([]), json!([left_alone("hour", "1h")]));
    world.work();

    assert_eq!(due_at(&world), Some(minute(HOUR)));
    assert_eq!(told(&mut world)["idle_ms"], json!(3_600_000));

    world.dispatch(&|_| Verdict::Fire);
    assert_eq!(world.record(&item).text("stage"), "processed");
}

#[test]
fn a_duration_shorter_than_one_that_was_told_of_is_told_of_when_it_is_published() {
    let mut world = world();
    let item = deal(&mut world);
    told(&mut world);
    world.dispatch_quietly();

    republish(&mut world, json!([left_alone("hour", "1h"), left_alone("minutes", "10m")]));
    world.work();
    world.dispatch(&|ask| {
        if ask.spec.id == "minutes" { Verdict::Fire } else { Verdict::Ignore(String::new()) }
    });

    assert_eq!(world.record(&item).text("stage"), "processed");
    assert_eq!(due_at(&world), None);
}

#[test]
fn a_duration_that_was_waited_for_before_starts_no_job() {
    let mut world = world();
    deal(&mut world);
    world.work();

    republish(&mut world, json!([left_alone("again", "1h")]));

    assert_eq!(world.due(Queue::Sweep), []);
}

#[test]
fn a_trigger_that_was_paused_is_told_of_the_silence_when_it_is_resumed() {
    let mut world = world();
    let item = deal(&mut world);
    world.ok(|tx, ctx| job::pause(tx, ctx, &Pausable::Automation("processed".into())));

    told(&mut world);
    world.dispatch(&|_| Verdict::Fire);
    assert_eq!(world.record(&item).text("stage"), "new");

    world.ok(|tx, ctx| job::resume(tx, ctx, &Pausable::Automation("processed".into())));
    world.work();
    world.dispatch(&|_| Verdict::Fire);
    assert_eq!(world.record(&item).text("stage"), "processed");
}

#[test]
fn a_silence_that_ended_during_a_pause_is_not_told_of() {
    let mut world = world();
    let item = deal(&mut world);
    world.ok(|tx, ctx| job::pause(tx, ctx, &Pausable::Automation("processed".into())));

    told(&mut world);
    world.dispatch_quietly();
    touch(&mut world, &item, "Another roof");

    world.ok(|tx, ctx| job::resume(tx, ctx, &Pausable::Automation("processed".into())));
    world.work();
    world.dispatch(&|_| Verdict::Fire);

    assert_eq!(world.record(&item).text("stage"), "new");
}

fn republish(world: &mut World, triggers: Value) {
    let draft = json!({
        "kind": "deal", "pipeline": "sales", "stage": "processed", "robots": [],
        "triggers": triggers,
    });

    world.ok(|tx, ctx| {
        put_automation::decide(
            tx,
            ctx,
            "processed",
            serde_json::from_value(draft.clone()).unwrap(),
            None,
        )
    });

    world.ok(|tx, ctx| publish_automation::decide(tx, ctx, "processed"));
}

#[test]
fn a_silence_that_never_comes_is_refused_by_its_setting() {
    let mut world = World::new();
    let mut saved = |after: &str| {
        let saved = world.save(
            "processed",
            json!([]),
            json!([left_alone("one", "1h"), left_alone("two", after)]),
        );
        saved.map_err(|refusal| (refusal.code, refusal.field.unwrap_or_default()))
    };
    let refused = |code| Err((code, "triggers[1].settings.after".to_owned()));

    for never in ["0m", "0d0h", "1831d"] {
        assert_eq!(saved(never), refused("settings.out-of-bounds"), "{never}");
    }
    assert_eq!(saved("soon"), refused("settings.wrong-type"));

    for comes in ["1s", "1830d", ""] {
        assert_eq!(saved(comes), Ok(()), "{comes}");
    }
}
