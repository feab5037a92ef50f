//! What robots did, will do, or failed to do.

use serde_json::json;

use stagewright_core::call::{Blame, Retry, Usage};
use stagewright_core::command::{change_record, retry_run, step};
use stagewright_core::key::Queue;
use stagewright_core::model::due::Due;
use stagewright_core::model::run::Attempt;
use stagewright_core::why::Verdict;

use super::{START, failure, move_to, of_robot, says, settle};
use crate::rules::world::{World, minute, robot, trigger};

#[test]
fn a_robot_that_waits_says_when_it_runs_and_how_that_was_computed() {
    let mut world = World::new();
    world.automate(
        "new",
        json!([robot(
            "a",
            "hi",
            json!({"name": "Greet", "run": {"after": "30m", "field": "created_at"}})
        )]),
        json!([]),
    );
    let item = world.deal(json!({}));

    let answer = of_robot(&mut world, &item, "new/a");
    says(
        &answer,
        Verdict::WillRun,
        "robot `Greet` will run at Sun 2025-06-15 18:36:40 (30m after created_at)",
    );
    assert_eq!(
        (answer.at, answer.run.is_some(), answer.version),
        (Some(minute(30)), true, Some(1))
    );
}

#[test]
fn one_that_waits_for_another_or_for_a_field_says_for_which() {
    let mut world = World::new();
    let robots = json!([
        robot("a", "hi", json!({"run": {"before": "1d", "field": "close_at"}})),
        robot("b", "hi", json!({"after_previous": true})),
    ]);
    world.automate("new", robots, json!([]));
    let item = world.deal(json!({}));

    let field = of_robot(&mut world, &item, "a");
    says(
        &field,
        Verdict::WaitsForField,
        "robot `a` waits for the field close_at to be filled in and then runs 1d before close_at",
    );

    let chained = of_robot(&mut world, &item, "b");
    let sentence = "robot `b` waits for the robot before it, `a`, which waits for the field \
        close_at to be filled in";
    says(&chained, Verdict::WaitsForPrevious, sentence);
}

#[test]
fn a_date_that_is_filled_in_later_changes_the_answer() {
    let mut world = World::new();
    world.automate(
        "new",
        json!([robot("a", "hi", json!({"run": {"before": "1h", "field": "close_at"}}))]),
        json!([]),
    );
    let item = world.deal(json!({}));

    let fields = json!({"close_at": minute(120).to_string()}).as_object().unwrap().clone();
    world.ok(|tx, ctx| change_record::decide(tx, ctx, &item, &fields, None));

    let answer = of_robot(&mut world, &item, "a");
    says(
        &answer,
        Verdict::WillRun,
        "robot `a` will run at Sun 2025-06-15 19:06:40 (1h before close_at)",
    );
}

#[test]
fn what_ran_what_had_nothing_to_do_and_what_failed_say_so() {
    let mut world = World::new();
    let robots = json!([
        robot("a", "hi", json!({})),
        robot("b", "hi", json!({})),
        robot("c", "hi", json!({}))
    ]);
    world.automate("new", robots, json!([]));
    let item = world.deal(json!({}));

    let effects = vec!["said hi".to_owned(), "said bye".to_owned()];
    settle(
        &mut world,
        &step::Ending::Done {
            results: serde_json::Map::new(),
            effects,
            deliveries: Vec::new(),
            until: None,
        },
    );
    settle(&mut world, &step::Ending::Skipped("there is no phone".into()));
    settle(&mut world, &failure(Blame::Caller, Retry::Never));

    says(
        &of_robot(&mut world, &item, "a"),
        Verdict::Ran,
        &format!("robot `a` ran at {START} and did: said hi; said bye"),
    );
    says(
        &of_robot(&mut world, &item, "b"),
        Verdict::Skipped,
        &format!("robot `b` did not run at {START}: there is no phone"),
    );

    let failed = of_robot(&mut world, &item, "c");
    let sentence = format!(
        "robot `c` failed at {START}: the address is wrong; the fault lies with its settings or \
         the item's data, and it is not tried \
         again by itself, only by a retry of the run"
    );
    says(&failed, Verdict::Failed, &sentence);
    assert_eq!(failed.values["code"], "plugin.no");
}

#[test]
fn a_robot_that_waits_on_purpose_says_until_when() {
    let mut world = World::new();
    world.automate("new", json!([robot("a", "hi", json!({}))]), json!([]));
    let item = world.deal(json!({}));

    let ending = step::Ending::Done {
        results: serde_json::Map::new(),
        effects: Vec::new(),
        deliveries: Vec::new(),
        until: Some(minute(30)),
    };
    settle(&mut world, &ending);

    let answer = of_robot(&mut world, &item, "a");
    says(
        &answer,
        Verdict::Waits,
        "robot `a` waits until Sun 2025-06-15 18:36:40, and the robots that run after it wait \
         with it",
    );
    assert_eq!(answer.at, Some(minute(30)));
}

#[test]
fn a_failed_try_says_whose_fault_it_was_and_when_the_next_one_is() {
    let mut world = World::new();
    world.automate("new", json!([robot("a", "hi", json!({}))]), json!([]));
    let item = world.deal(json!({}));
    settle(&mut world, &failure(Blame::Remote, Retry::After(0)));

    let sentence = format!(
        "robot `a` failed at {START}: the address is wrong; the fault lies with a server outside, \
         and it is tried again at Sun \
         2025-06-15 18:06:50"
    );
    says(&of_robot(&mut world, &item, "a"), Verdict::Retrying, &sentence);
}

#[test]
fn a_condition_that_does_not_hold_shows_its_values() {
    let mut world = World::new();
    let condition = json!({
        "all": [
            {"field": "item.title", "is": "not_empty"},
            {"field": "item.amount", "is": "greater_than", "value": "1000"},
        ],
    });

    world.automate(
        "new",
        json!([robot("a", "hi", json!({"condition": condition}))]),
        json!([trigger("t", json!({}))]),
    );
    let item = world.deal(json!({"amount": "500"}));

    let answer = of_robot(&mut world, &item, "a");
    assert!(
        answer.sentence.ends_with("(at once on the stage, if its condition holds then)"),
        "{}",
        answer.sentence
    );

    let (_, due) = world.due(Queue::Step).into_iter().next().unwrap();
    let Due::Step { run, step, .. } = due else { panic!("no step") };
    let now = world.now;
    let planned = world.ok(|tx, ctx| step::plan(tx, ctx, &run, &step));
    let step::Planned::Skipped(reason, judged) = planned else { panic!("{planned:?}") };

    let attempt = Attempt {
        at: now,
        version: "1.2.3".into(),
        usage: Usage::default(),
        log: Vec::new(),
        error: None,
    };
    world.ok(|tx, ctx| {
        step::plan(tx, ctx, &run, &step)?;
        step::settle(
            tx,
            ctx,
            (&run, &step),
            step::Ending::Skipped(reason.clone()),
            attempt.clone(),
            judged.clone(),
        )
    });

    let sentence = format!(
        "robot `a` did not run at {START}: the condition does not hold: item.amount is 500, \
         wanted: greater than 1000"
    );
    says(&of_robot(&mut world, &item, "a"), Verdict::Skipped, &sentence);
}

#[test]
fn what_was_cancelled_says_by_what() {
    let mut world = World::new();
    let robots = json!([robot("a", "hi", json!({"run": {"after": "1h"}}))]);
    world.automate("new", robots, json!([]));
    let item = world.deal(json!({}));

    move_to(&mut world, &item, "processed");
    let left = of_robot(&mut world, &item, "a");
    says(
        &left,
        Verdict::Cancelled,
        &format!("robot `a` was cancelled at {START}: the item left the stage New"),
    );

    let other = world.deal(json!({}));
    let run = world.runs().into_iter().find(|run| run.item == other).unwrap().id;
    world.ok(|tx, ctx| retry_run::cancel(tx, ctx, &run));
    let by_user = of_robot(&mut world, &other, "a");
    says(
        &by_user,
        Verdict::Cancelled,
        &format!("robot `a` was cancelled at {START}: a person cancelled the run"),
    );
}
