//! Why a robot or trigger did or did not do something.

use serde_json::{Value, json};
use stagewright_core::call::{Blame, CallFailure, Retry, Usage, Verdict as Says};
use stagewright_core::command::ingest::Ingested;
use stagewright_core::command::{
    accept_conversation, change_record, create_record, delete_record, move_item, publish_automation, put_automation, put_line,
    put_pipeline, retry_run, step,
};
use stagewright_core::context::{AutomationMode, Cause, OpContext};
use stagewright_core::key::Queue;
use stagewright_core::model::due::Due;
use stagewright_core::model::pauses::{Pause, Pauses};
use stagewright_core::model::plugin::{Grant, Plugin};
use stagewright_core::model::record::RecordRef;
use stagewright_core::model::run::Attempt;
use stagewright_core::refusal::Refusal;
use stagewright_core::why::{Answer, Asked, Verdict, why};

use crate::world::{TENANT, World, minute, robot, trigger};

/// Minute 0 of the world, in its tenant's zone.
const START: &str = "Sun 2025-06-15 18:06:40";

fn deal(world: &mut World, more: Value) -> RecordRef {
    let mut fields = json!({"title": "Roof", "pipeline": "sales"});
    fields.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let item = world.create("deal", fields);
    world.dispatch_quietly();
    item
}

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
    let attempt = Attempt { at: world.now, version: "1.2.3".into(), usage: Usage::default(), log: Vec::new(), error: None };
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

#[test]
fn a_robot_that_waits_says_when_it_runs_and_how_that_was_computed() {
    let mut world = World::new();
    world.automate(
        "new",
        json!([robot("a", "hi", json!({"name": "Greet", "run": {"after": "30m", "field": "created_at"}}))]),
        json!([]),
    );
    let item = deal(&mut world, json!({}));
    let answer = of_robot(&mut world, &item, "new/a");
    says(&answer, Verdict::WillRun, "robot `Greet` will run at Sun 2025-06-15 18:36:40 (30m after created_at)");
    assert_eq!((answer.at, answer.run.is_some(), answer.version), (Some(minute(30)), true, Some(1)));
}

#[test]
fn one_that_waits_for_another_or_for_a_field_says_for_which() {
    let mut world = World::new();
    let robots = json!([
        robot("a", "hi", json!({"run": {"before": "1d", "field": "close_at"}})),
        robot("b", "hi", json!({"after_previous": true})),
    ]);
    world.automate("new", robots, json!([]));
    let item = deal(&mut world, json!({}));
    let field = of_robot(&mut world, &item, "a");
    says(&field, Verdict::WaitsForField, "robot `a` waits for the field close_at to be filled in and then runs 1d before close_at");
    let chained = of_robot(&mut world, &item, "b");
    let sentence = "robot `b` waits for the robot before it, `a`, which waits for the field close_at to be filled in";
    says(&chained, Verdict::WaitsForPrevious, sentence);
}

#[test]
fn what_ran_what_had_nothing_to_do_and_what_failed_say_so() {
    let mut world = World::new();
    let robots = json!([robot("a", "hi", json!({})), robot("b", "hi", json!({})), robot("c", "hi", json!({}))]);
    world.automate("new", robots, json!([]));
    let item = deal(&mut world, json!({}));
    let effects = vec!["said hi".to_owned(), "said bye".to_owned()];
    settle(&mut world, &step::Ending::Done { results: serde_json::Map::new(), effects, deliveries: Vec::new(), until: None });
    settle(&mut world, &step::Ending::Skipped("there is no phone".into()));
    settle(&mut world, &failure(Blame::Caller, Retry::Never));
    says(&of_robot(&mut world, &item, "a"), Verdict::Ran, &format!("robot `a` ran at {START} and did: said hi; said bye"));
    says(&of_robot(&mut world, &item, "b"), Verdict::Skipped, &format!("robot `b` did not run at {START}: there is no phone"));
    let failed = of_robot(&mut world, &item, "c");
    let sentence = format!(
        "robot `c` failed at {START}: the address is wrong; the fault lies with its settings or the item's data, and it is not tried \
         again by itself, only by a retry of the run"
    );
    says(&failed, Verdict::Failed, &sentence);
    assert_eq!(failed.values["code"], "plugin.no");
}

#[test]
fn a_robot_that_waits_on_purpose_says_until_when() {
    let mut world = World::new();
    world.automate("new", json!([robot("a", "hi", json!({}))]), json!([]));
    let item = deal(&mut world, json!({}));
    let ending = step::Ending::Done {
        results: serde_json::Map::new(),
        effects: Vec::new(),
        deliveries: Vec::new(),
        until: Some(minute(30)),
    };
    settle(&mut world, &ending);
    let answer = of_robot(&mut world, &item, "a");
    says(&answer, Verdict::Waits, "robot `a` waits until Sun 2025-06-15 18:36:40, and the robots that run after it wait with it");
    assert_eq!(answer.at, Some(minute(30)));
}

#[test]
fn a_failed_try_says_whose_fault_it_was_and_when_the_next_one_is() {
    let mut world = World::new();
    world.automate("new", json!([robot("a", "hi", json!({}))]), json!([]));
    let item = deal(&mut world, json!({}));
    settle(&mut world, &failure(Blame::Remote, Retry::After(0)));
    let sentence = format!(
        "robot `a` failed at {START}: the address is wrong; the fault lies with a server outside, and it is tried again at Sun \
         2025-06-15 18:06:50"
    );
    says(&of_robot(&mut world, &item, "a"), Verdict::Retrying, &sentence);
}

#[test]
fn a_condition_that_does_not_hold_shows_its_values() {
    let mut world = World::new();
    let condition = json!({"all": [
        {"field": "item.title", "is": "not_empty"}, {"field": "item.amount", "is": "greater_than", "value": "1000"}]});
    world.automate("new", json!([robot("a", "hi", json!({"condition": condition}))]), json!([trigger("t", json!({}))]));
    let item = deal(&mut world, json!({"amount": "500"}));
    let answer = of_robot(&mut world, &item, "a");
    assert!(answer.sentence.ends_with("(at once on the stage, if its condition holds then)"), "{}", answer.sentence);
    let (_, due) = world.due(Queue::Step).into_iter().next().unwrap();
    let Due::Step { run, step, .. } = due else { panic!("no step") };
    let now = world.now;
    let planned = world.ok(|tx, ctx| step::plan(tx, ctx, &run, &step));
    let step::Planned::Skipped(reason, judged) = planned else { panic!("{planned:?}") };
    let attempt = Attempt { at: now, version: "1.2.3".into(), usage: Usage::default(), log: Vec::new(), error: None };
    world.ok(|tx, ctx| {
        step::plan(tx, ctx, &run, &step)?;
        step::settle(tx, ctx, (&run, &step), step::Ending::Skipped(reason.clone()), attempt.clone(), judged.clone())
    });
    let sentence =
        format!("robot `a` did not run at {START}: the condition does not hold: item.amount is 500, wanted: greater than 1000");
    says(&of_robot(&mut world, &item, "a"), Verdict::Skipped, &sentence);
}

#[test]
fn what_is_paused_says_so_before_its_moment_and_before_any_event() {
    let mut world = World::new();
    world.automate("new", json!([robot("a", "hi", json!({"run": {"after": "1h"}}))]), json!([]));
    world.automate("processed", json!([]), json!([trigger("t", json!({}))]));
    let item = deal(&mut world, json!({}));
    let pause = || Pause { since: minute(0), by: "admin".into() };
    let automations = ["new", "processed"].map(|id| (id.to_owned(), pause())).into();
    world.put(Pauses::key(TENANT), &Pauses { automations, ..Pauses::default() });
    let waits = of_robot(&mut world, &item, "a");
    assert!(
        waits.sentence.ends_with("; the automation is paused: unless it is resumed by then, the robot waits"),
        "{}",
        waits.sentence
    );
    let sentence = "trigger `t` moves nothing now: the automation is paused";
    says(&of_trigger(&mut world, &item, "t"), Verdict::Paused, sentence);
}

/// Pauses plugin, sending or nothing.
fn paused(world: &mut World, plugin: bool, sending: bool) {
    let pause = || Pause { since: minute(0), by: "admin".into() };
    let plugins = plugin.then(|| ("test.kit".to_owned(), pause())).into_iter().collect();
    world.put(Pauses::key(TENANT), &Pauses { plugins, sending: sending.then(pause), ..Pauses::default() });
}

#[test]
fn whatever_is_still_to_run_says_that_a_pause_will_hold_it() {
    let mut world = World::new();
    let robots = json!([
        robot("a", "hi", json!({"run": {"before": "1d", "field": "close_at"}})),
        robot("b", "hi", json!({"after_previous": true})),
        robot("c", "hi", json!({})),
    ]);
    world.automate("new", robots, json!([]));
    let item = deal(&mut world, json!({}));
    settle(&mut world, &failure(Blame::Remote, Retry::After(0)));
    paused(&mut world, true, true);
    for (id, verdict) in [("a", Verdict::WaitsForField), ("b", Verdict::WaitsForPrevious), ("c", Verdict::Retrying)] {
        let answer = of_robot(&mut world, &item, id);
        assert_eq!(answer.verdict, verdict);
        let end = "; the plugin is paused: unless it is resumed by then, the robot waits";
        assert!(answer.sentence.ends_with(end), "{}", answer.sentence);
    }
    paused(&mut world, false, false);
    assert!(!of_robot(&mut world, &item, "a").sentence.contains("paused"));
}

#[test]
fn a_robot_that_sends_says_that_all_sending_is_paused() {
    let mut world = World::new();
    world.automate("new", json!([robot("a", "hi", json!({"run": {"after": "1h"}}))]), json!([]));
    let item = deal(&mut world, json!({}));
    paused(&mut world, false, true);
    assert!(!of_robot(&mut world, &item, "a").sentence.contains("paused"), "it sends nothing");
    let plugin: Plugin = world.get(&Plugin::key("test.kit")).unwrap();
    let imports = vec!["stagewright:messaging/messaging@0.1.0#send".to_owned()];
    world.put(Plugin::key("test.kit"), &Plugin { imports, ..plugin });
    let answer = of_robot(&mut world, &item, "a");
    let end = "; all sending is paused: unless it is resumed by then, what the robot sends waits";
    assert!(answer.sentence.ends_with(end), "{}", answer.sentence);
}

#[test]
fn what_is_over_or_does_its_work_already_is_held_by_no_pause() {
    let mut world = World::new();
    world.automate("new", json!([robot("a", "hi", json!({})), robot("b", "hi", json!({}))]), json!([]));
    let item = deal(&mut world, json!({}));
    let done = |until| step::Ending::Done { results: serde_json::Map::new(), effects: Vec::new(), deliveries: Vec::new(), until };
    settle(&mut world, &done(Some(minute(30))));
    settle(&mut world, &done(None));
    paused(&mut world, true, true);
    for (id, verdict) in [("a", Verdict::Waits), ("b", Verdict::Ran)] {
        let answer = of_robot(&mut world, &item, id);
        assert_eq!(answer.verdict, verdict);
        assert!(!answer.sentence.contains("paused"), "{}", answer.sentence);
    }
}

#[test]
fn a_trigger_that_was_asked_before_says_what_keeps_it_from_being_asked_now() {
    let mut world = World::new();
    world.automate("processed", json!([]), json!([trigger("t", json!({}))]));
    let item = accepted(&mut world, &|_| true);
    let moved = format!("trigger `t` moved the item to Processed at {START}, because of conversation.accepted");
    says(&of_trigger(&mut world, &item, "t"), Verdict::Ran, &moved);
    paused(&mut world, true, false);
    let answer = of_trigger(&mut world, &item, "t");
    says(&answer, Verdict::Ran, &format!("{moved}; it moves nothing now: the plugin is paused"));
    world.rows.remove(&Grant::key(TENANT, "test.kit"));
    let answer = of_trigger(&mut world, &item, "t");
    let why = "the plugin `test.kit` is not enabled for this tenant";
    says(&answer, Verdict::Ran, &format!("{moved}; it moves nothing now: {why}"));
}

#[test]
fn what_was_cancelled_says_by_what() {
    let mut world = World::new();
    let robots = json!([robot("a", "hi", json!({"run": {"after": "1h"}}))]);
    world.automate("new", robots, json!([]));
    let item = deal(&mut world, json!({}));
    move_to(&mut world, &item, "processed");
    let left = of_robot(&mut world, &item, "a");
    says(&left, Verdict::Cancelled, &format!("robot `a` was cancelled at {START}: the item left the stage New"));
    let other = deal(&mut world, json!({}));
    let run = world.runs().into_iter().find(|run| run.item == other).unwrap().id;
    world.ok(|tx, ctx| retry_run::cancel(tx, ctx, &run));
    let by_user = of_robot(&mut world, &other, "a");
    says(&by_user, Verdict::Cancelled, &format!("robot `a` was cancelled at {START}: a person cancelled the run"));
}

#[test]
fn an_item_that_left_before_the_robots_began_says_so() {
    let mut world = World::new();
    world.automate("new", json!([robot("a", "hi", json!({}))]), json!([]));
    let item = world.create("deal", json!({"title": "Roof", "pipeline": "sales"}));
    says(
        &of_robot(&mut world, &item, "a"),
        Verdict::Pending,
        &format!("robot `a` has not started yet: the item came to New at {START}, which is being looked at"),
    );
    move_to(&mut world, &item, "processed");
    let sentence = format!("robot `a` did not start at {START}: the item left the stage New before its robots began");
    says(&of_robot(&mut world, &item, "a"), Verdict::Cancelled, &sentence);
}

#[test]
fn a_loop_shows_its_path() {
    let mut world = World::new();
    world.automate("processed", json!([robot("a", "hi", json!({}))]), json!([]));
    let item = deal(&mut world, json!({}));
    let ctx = world.ctx();
    let chain = (0..40).map(|_| "new/x".to_owned()).collect();
    let ctx = OpContext { cause: Cause { chain, ..Cause::default() }, ..ctx };
    world.run_as(&ctx, |tx, ctx| move_item::decide(tx, ctx, &item, "processed", None)).unwrap();
    world.dispatch_quietly();
    let answer = of_robot(&mut world, &item, "a");
    assert_eq!(answer.verdict, Verdict::LoopGuard);
    assert!(answer.sentence.contains("stopped") && answer.sentence.contains("new/x → new/x"), "{}", answer.sentence);
    assert_eq!(answer.values["path"].as_array().unwrap().len(), 40);
}

#[test]
fn a_robot_that_never_started_says_why() {
    let mut world = World::new();
    let item = deal(&mut world, json!({}));
    world.now = minute(10);
    world.save("new", json!([robot("a", "hi", json!({}))]), json!([])).unwrap();
    says(
        &of_robot(&mut world, &item, "a"),
        Verdict::NotPublished,
        "robot `a` did not run: the automation `new` has never been published",
    );
    world.automate("new", json!([robot("a", "hi", json!({}))]), json!([]));
    let later = of_robot(&mut world, &item, "a");
    assert_eq!(later.verdict, Verdict::PublishedLater);
    let sentence = format!(
        "robot `a` did not run: version 1 of `new` was published at Sun 2025-06-15 18:16:40, after the item had come to New at {START}; \
         applying it to the items that are there already runs it"
    );
    assert_eq!(later.sentence, sentence);
    world.save("new", json!([robot("a", "hi", json!({})), robot("b", "hi", json!({}))]), json!([])).unwrap();
    let draft = of_robot(&mut world, &item, "b");
    let sentence = "robot `b` did not run: it stands in the draft alone, and version 1, which is published, is without it";
    says(&draft, Verdict::NotPublished, sentence);
    move_to(&mut world, &item, "processed");
    let elsewhere = of_robot(&mut world, &item, "a");
    let sentence = "robot `a` did not run: it stands on the stage New, and the item, which is on Processed, has not come there since it \
                    was published at Sun 2025-06-15 18:16:40";
    says(&elsewhere, Verdict::NotReached, sentence);
    world.ok(|tx, ctx| delete_record::decide(tx, ctx, &item, None, None));
    let gone = of_robot(&mut world, &item, "a");
    says(&gone, Verdict::ItemDeleted, "robot `a` did not run: the item was deleted at Sun 2025-06-15 18:16:40");
}

#[test]
fn an_import_that_suppressed_automation_is_told() {
    let mut world = World::new();
    world.automate("new", json!([robot("a", "hi", json!({}))]), json!([]));
    world.now = minute(1);
    let ctx = world.ctx();
    let ctx = OpContext { automation: AutomationMode::Suppress, ..ctx };
    let fields = json!({"title": "Roof", "pipeline": "sales"}).as_object().unwrap().clone();
    let item = world.run_as(&ctx, |tx, ctx| create_record::decide(tx, ctx, "deal", &fields)).unwrap().0.key;
    let sentence = "robot `a` did not run: the item was put on New at Sun 2025-06-15 18:07:40 without automation, as imports do";
    says(&of_robot(&mut world, &item, "a"), Verdict::Suppressed, sentence);
}

#[test]
fn a_plugin_that_is_gone_or_not_enabled_is_the_reason() {
    let mut world = World::new();
    world.automate("new", json!([robot("a", "hi", json!({"run": {"after": "1h"}}))]), json!([trigger("t", json!({}))]));
    let item = deal(&mut world, json!({}));
    world.rows.remove(&Grant::key(TENANT, "test.kit"));
    let waits = of_robot(&mut world, &item, "a");
    let sentence = "robot `a` will run at Sun 2025-06-15 19:06:40 (1h after the item came to the stage); as things stand it will fail \
                    then, because the plugin `test.kit` is not enabled for this tenant";
    says(&waits, Verdict::WillRun, sentence);
    let sentence = "trigger `t` cannot move anything: the plugin `test.kit` is not enabled for this tenant";
    says(&of_trigger(&mut world, &item, "t"), Verdict::PluginNotEnabled, sentence);
    world.rows.remove(&Plugin::key("test.kit"));
    let sentence = "trigger `t` cannot move anything: the plugin `test.kit` is not installed";
    says(&of_trigger(&mut world, &item, "t"), Verdict::PluginMissing, sentence);
}

/// An event that the triggers of the test plugin listen to; those that `fires` names fire.
fn accepted(world: &mut World, fires: &dyn Fn(&str) -> bool) -> RecordRef {
    let user = world.create("user", json!({"name": "Ivan"}));
    let line = json!({"name": "Support", "creates": "deal", "pipeline": "sales", "default_responsible": user.id});
    world.ok(|tx, ctx| put_line::decide(tx, ctx, "support", serde_json::from_value(line.clone()).unwrap(), None));
    let Ingested::In { created: Some(item), .. } = world.client_writes("m1", "+380671234567") else { panic!() };
    world.dispatch_quietly();
    let conversation = world.record(&item).text("conversation").to_owned();
    world.ok(|tx, ctx| accept_conversation::decide(tx, ctx, &conversation, &user.id));
    world.dispatch(&|ask| if fires(&ask.spec.id) { Says::Fire } else { Says::Ignore("it is another line".into()) });
    item
}

#[test]
fn triggers_say_that_they_moved_lost_or_did_not_want_to() {
    let mut world = World::new();
    world.automate("processed", json!([]), json!([trigger("first", json!({"name": "Accepted"})), trigger("not", json!({}))]));
    world.automate("won", json!([]), json!([trigger("later", json!({}))]));
    let item = accepted(&mut world, &|id| id != "not");
    let moved = of_trigger(&mut world, &item, "processed/first");
    says(
        &moved,
        Verdict::Ran,
        &format!("trigger `Accepted` moved the item to Processed at {START}, because of conversation.accepted"),
    );
    assert!(moved.event.is_some());
    let lost = of_trigger(&mut world, &item, "won/later");
    let sentence = format!(
        "trigger `later` would have moved the item to Won at {START}, but `processed/first`, which stands earlier, moved it"
    );
    says(&lost, Verdict::Lost, &sentence);
    let skipped = of_trigger(&mut world, &item, "not");
    let sentence =
        format!("trigger `not` did not move the item to Processed at {START}, when conversation.accepted came: it is another line");
    says(&skipped, Verdict::Skipped, &sentence);
}

#[test]
fn a_trigger_that_was_never_asked_says_what_it_waits_for_or_why_it_cannot_move() {
    let mut world = World::new();
    world.automate("new", json!([]), json!([trigger("back", json!({}))]));
    world.automate("processed", json!([]), json!([trigger("on", json!({}))]));
    let item = deal(&mut world, json!({}));
    let sentence = format!(
        "trigger `on` moved nothing: it listens to conversation.accepted, and nothing of the kind has come for this item since it was \
         published at {START}"
    );
    says(&of_trigger(&mut world, &item, "on"), Verdict::WaitsForEvent, &sentence);
    move_to(&mut world, &item, "processed");
    let sentence = "trigger `back` cannot move the item: new comes before processed and allow_back_move is off";
    says(&of_trigger(&mut world, &item, "back"), Verdict::CannotMove, sentence);
    move_to(&mut world, &item, "won");
    let sentence = "trigger `on` cannot move the item: won is a final stage and allow_reopen is off";
    says(&of_trigger(&mut world, &item, "on"), Verdict::CannotMove, sentence);
}

#[test]
fn without_a_name_everything_on_the_pipeline_answers_in_its_order() {
    let mut world = World::new();
    world.automate("processed", json!([robot("b", "hi", json!({}))]), json!([trigger("t", json!({}))]));
    world.automate("new", json!([robot("a", "hi", json!({}))]), json!([]));
    let item = deal(&mut world, json!({}));
    let answers = ask(&mut world, &item, &Asked::default()).unwrap();
    let ids: Vec<&str> = answers.iter().map(|answer| answer.id.as_str()).collect();
    assert_eq!(ids, ["a", "t", "b"]);
}

#[test]
fn a_robot_of_an_earlier_version_that_still_waits_is_not_forgotten() {
    let mut world = World::new();
    world.automate("new", json!([robot("old", "hi", json!({"run": {"after": "1h"}}))]), json!([]));
    let item = deal(&mut world, json!({}));
    world.automate("new", json!([robot("newer", "hi", json!({}))]), json!([]));
    let answers = ask(&mut world, &item, &Asked::default()).unwrap();
    let verdicts: Vec<(&str, Verdict)> = answers.iter().map(|answer| (answer.id.as_str(), answer.verdict)).collect();
    assert_eq!(verdicts, [("newer", Verdict::PublishedLater), ("old", Verdict::WillRun)]);
    assert_eq!(answers[1].version, Some(1));
}

#[test]
fn what_stands_on_another_pipeline_is_told_and_what_is_nowhere_refused() {
    let mut world = World::new();
    let other = json!({"kind": "deal", "name": "Repairs", "stages": [{"id": "new", "name": "New"}]});
    world.ok(|tx, ctx| put_pipeline::decide(tx, ctx, "repairs", serde_json::from_value(other.clone()).unwrap(), None));
    let draft = json!({"kind": "deal", "pipeline": "repairs", "stage": "new", "robots": [robot("a", "hi", json!({}))]});
    world.ok(|tx, ctx| put_automation::decide(tx, ctx, "there", serde_json::from_value(draft.clone()).unwrap(), None));
    world.ok(|tx, ctx| publish_automation::decide(tx, ctx, "there"));
    world.automate("new", json!([robot("b", "hi", json!({}))]), json!([]));
    let item = deal(&mut world, json!({}));
    let sentence = "robot `a` did not run: it stands on the pipeline `repairs`, and the item moves through `sales`";
    says(&of_robot(&mut world, &item, "there/a"), Verdict::OtherPipeline, sentence);
    let asked = Asked { robot: Some("new/nobody".into()), trigger: None };
    let refusal = ask(&mut world, &item, &asked).unwrap_err();
    assert_eq!((refusal.code, refusal.field.as_deref()), ("why.unknown", Some("robot")));
    assert!(refusal.message.ends_with("there are new/b"), "{}", refusal.message);
    let contact = world.create("contact", json!({"name": "Olha"}));
    assert_eq!(ask(&mut world, &contact, &Asked::default()).unwrap_err().code, "record.not-an-item");
    let nobody = RecordRef::new("deal", "nobody");
    assert_eq!(ask(&mut world, &nobody, &Asked::default()).unwrap_err().code, "not-found");
}

#[test]
fn a_date_that_is_filled_in_later_changes_the_answer() {
    let mut world = World::new();
    world.automate("new", json!([robot("a", "hi", json!({"run": {"before": "1h", "field": "close_at"}}))]), json!([]));
    let item = deal(&mut world, json!({}));
    let fields = json!({"close_at": minute(120).to_string()}).as_object().unwrap().clone();
    world.ok(|tx, ctx| change_record::decide(tx, ctx, &item, &fields, None));
    let answer = of_robot(&mut world, &item, "a");
    says(&answer, Verdict::WillRun, "robot `a` will run at Sun 2025-06-15 19:06:40 (1h before close_at)");
}
