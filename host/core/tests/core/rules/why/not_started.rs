//! Robots that did not start, and where they stand instead.

use serde_json::json;

use stagewright_core::command::{
    create_record, delete_record, move_item, publish_automation, put_automation, put_pipeline,
};
use stagewright_core::context::{AutomationMode, Cause, OpContext};
use stagewright_core::model::record::RecordRef;
use stagewright_core::why::{Asked, Verdict};

use super::{START, ask, move_to, of_robot, says};
use crate::rules::world::{World, minute, robot, trigger};

#[test]
fn an_item_that_left_before_the_robots_began_says_so() {
    let mut world = World::new();
    world.automate("new", json!([robot("a", "hi", json!({}))]), json!([]));
    let item = world.create("deal", json!({"title": "Roof", "pipeline": "sales"}));

    says(
        &of_robot(&mut world, &item, "a"),
        Verdict::Pending,
        &format!(
            "robot `a` has not started yet: the item came to New at {START}, which is being \
             looked at"
        ),
    );

    move_to(&mut world, &item, "processed");
    let sentence = format!(
        "robot `a` did not start at {START}: the item left the stage New before its robots began"
    );
    says(&of_robot(&mut world, &item, "a"), Verdict::Cancelled, &sentence);
}

#[test]
fn a_loop_shows_its_path() {
    let mut world = World::new();
    world.automate("processed", json!([robot("a", "hi", json!({}))]), json!([]));
    let item = world.deal(json!({}));

    let ctx = world.ctx();
    let chain = (0..40).map(|_| "new/x".to_owned()).collect();
    let ctx = OpContext { cause: Cause { chain, ..Cause::default() }, ..ctx };
    world.run_as(&ctx, |tx, ctx| move_item::decide(tx, ctx, &item, "processed", None)).unwrap();
    world.dispatch_quietly();

    let answer = of_robot(&mut world, &item, "a");
    assert_eq!(answer.verdict, Verdict::LoopGuard);
    assert!(
        answer.sentence.contains("stopped") && answer.sentence.contains("new/x → new/x"),
        "{}",
        answer.sentence
    );
    assert_eq!(answer.values["path"].as_array().unwrap().len(), 40);
}

#[test]
fn a_robot_that_never_started_says_why() {
    let mut world = World::new();
    let item = world.deal(json!({}));
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
        "robot `a` did not run: version 1 of `new` was published at Sun 2025-06-15 18:16:40, \
         after the item had come to New at {START}; \
         applying it to the items that are there already runs it"
    );
    assert_eq!(later.sentence, sentence);

    world
        .save("new", json!([robot("a", "hi", json!({})), robot("b", "hi", json!({}))]), json!([]))
        .unwrap();
    let draft = of_robot(&mut world, &item, "b");
    let sentence = "robot `b` did not run: it stands in the draft alone, and version 1, which is \
        published, is without it";
    says(&draft, Verdict::NotPublished, sentence);

    move_to(&mut world, &item, "processed");
    let elsewhere = of_robot(&mut world, &item, "a");
    let sentence = "robot `a` did not run: it stands on the stage New, and the item, which is on \
        Processed, has not come there since it \
                    was published at Sun 2025-06-15 18:16:40";
    says(&elsewhere, Verdict::NotReached, sentence);

    world.ok(|tx, ctx| delete_record::decide(tx, ctx, &item, None, None));
    let gone = of_robot(&mut world, &item, "a");
    says(
        &gone,
        Verdict::ItemDeleted,
        "robot `a` did not run: the item was deleted at Sun 2025-06-15 18:16:40",
    );
}

#[test]
fn an_import_that_suppressed_automation_is_told() {
    let mut world = World::new();
    world.automate("new", json!([robot("a", "hi", json!({}))]), json!([]));
    world.now = minute(1);

    let ctx = world.ctx();
    let ctx = OpContext { automation: AutomationMode::Suppress, ..ctx };
    let fields = json!({"title": "Roof", "pipeline": "sales"}).as_object().unwrap().clone();
    let item = world
        .run_as(&ctx, |tx, ctx| create_record::decide(tx, ctx, "deal", &fields))
        .unwrap()
        .0
        .key;

    let sentence = "robot `a` did not run: the item was put on New at Sun 2025-06-15 18:07:40 \
        without automation, as imports do";
    says(&of_robot(&mut world, &item, "a"), Verdict::Suppressed, sentence);
}

#[test]
fn without_a_name_everything_on_the_pipeline_answers_in_its_order() {
    let mut world = World::new();
    world.automate(
        "processed",
        json!([robot("b", "hi", json!({}))]),
        json!([trigger("t", json!({}))]),
    );
    world.automate("new", json!([robot("a", "hi", json!({}))]), json!([]));
    let item = world.deal(json!({}));

    let answers = ask(&mut world, &item, &Asked::default()).unwrap();
    let ids: Vec<&str> = answers.iter().map(|answer| answer.id.as_str()).collect();
    assert_eq!(ids, ["a", "t", "b"]);
}

#[test]
fn a_robot_of_an_earlier_version_that_still_waits_is_not_forgotten() {
    let mut world = World::new();
    world.automate("new", json!([robot("old", "hi", json!({"run": {"after": "1h"}}))]), json!([]));
    let item = world.deal(json!({}));
    world.automate("new", json!([robot("newer", "hi", json!({}))]), json!([]));

    let answers = ask(&mut world, &item, &Asked::default()).unwrap();
    let verdicts: Vec<(&str, Verdict)> =
        answers.iter().map(|answer| (answer.id.as_str(), answer.verdict)).collect();
    assert_eq!(verdicts, [("newer", Verdict::PublishedLater), ("old", Verdict::WillRun)]);
    assert_eq!(answers[1].version, Some(1));
}

#[test]
fn what_stands_on_another_pipeline_is_told_and_what_is_nowhere_refused() {
    let mut world = World::new();
    let other =
        json!({"kind": "deal", "name": "Repairs", "stages": [{"id": "new", "name": "New"}]});
    world.ok(|tx, ctx| {
        put_pipeline::decide(
            tx,
            ctx,
            "repairs",
            serde_json::from_value(other.clone()).unwrap(),
            None,
        )
    });

    let draft = json!({
        "kind": "deal", "pipeline": "repairs", "stage": "new",
        "robots": [robot("a", "hi", json!({}))],
    });
    world.ok(|tx, ctx| {
        put_automation::decide(
            tx,
            ctx,
            "there",
            serde_json::from_value(draft.clone()).unwrap(),
            None,
        )
    });
    world.ok(|tx, ctx| publish_automation::decide(tx, ctx, "there"));

    world.automate("new", json!([robot("b", "hi", json!({}))]), json!([]));
    let item = world.deal(json!({}));

    let sentence = "robot `a` did not run: it stands on the pipeline `repairs`, and the item \
        moves through `sales`";
    says(&of_robot(&mut world, &item, "there/a"), Verdict::OtherPipeline, sentence);

    let asked = Asked { robot: Some("new/nobody".into()), trigger: None };
    let refusal = ask(&mut world, &item, &asked).unwrap_err();
    assert_eq!((refusal.code, refusal.field.as_deref()), ("why.unknown", Some("robot")));
    assert!(refusal.message.ends_with("there are new/b"), "{}", refusal.message);

    let contact = world.create("contact", json!({"name": "Olha"}));
    assert_eq!(
        ask(&mut world, &contact, &Asked::default()).unwrap_err().code,
        "record.not-an-item"
    );

    let nobody = RecordRef::new("deal", "nobody");
    assert_eq!(ask(&mut world, &nobody, &Asked::default()).unwrap_err().code, "not-found");
}
