//! Setting up what a file says.

use serde_json::{Value, json};

use stagewright_core::command::import_automations::{Change, Import, Imported, decide};
use stagewright_core::model::automation::Automation;
use stagewright_core::model::ending::CancelReason;
use stagewright_core::model::job::Waiting;
use stagewright_core::model::pipeline::Pipeline;
use stagewright_core::model::run::StepState;
use stagewright_core::refusal::Refusal;

use crate::rules::world::{TENANT, World, robot, trigger};

/// The pipeline of the world with a new name, its calendar, and automations of stages.
fn file(automations: Vec<Value>) -> Import {
    let pipeline = json!({
        "id": "sales", "kind": "deal", "name": "Sales 2",
        "stages": [
            {"id": "new", "name": "New"}, {"id": "processed", "name": "Processed"},
            {"id": "won", "name": "Won", "semantics": "won"},
        ],
    });

    let office = json!({
        "id": "default", "name": "Office", "time_zone": "UTC", "week": {"mon": ["09:00-18:00"]},
    });

    Import {
        pipeline: serde_json::from_value(pipeline).unwrap(),
        calendars: vec![serde_json::from_value(office).unwrap()],
        automations: automations
            .into_iter()
            .map(|automation| serde_json::from_value(automation).unwrap())
            .collect(),
    }
}

fn automation(stage: &str, robots: Value, triggers: Value) -> Value {
    json!({
        "id": stage, "kind": "deal", "pipeline": "sales", "stage": stage, "robots": robots,
        "triggers": triggers,
    })
}

fn import(world: &mut World, import: &Import, publish: bool) -> Result<Vec<Imported>, Refusal> {
    let publish = publish.then_some(Waiting::Keep);
    world.run(|tx, ctx| decide(tx, ctx, import, publish))
}

fn changes(done: &[Imported]) -> Vec<(&str, &str, Change, Option<u32>)> {
    done.iter().map(|one| (one.what, one.id.as_str(), one.change, one.published)).collect()
}

#[test]
fn a_file_sets_up_everything_at_once_and_again_nothing() {
    let mut world = World::new();
    // A robot may count by a calendar that the same file brings.
    let robots = json!([robot("a", "hi", json!({"run": {"after": "2h"}, "working_time": {}}))]);
    let wanted = file(vec![
        automation("new", robots, json!([])),
        automation("won", json!([]), json!([trigger("t", json!({}))])),
    ]);

    let done = import(&mut world, &wanted, true).unwrap();

    let expected = [
        ("pipeline", "sales", Change::Changed, None),
        ("calendar", "default", Change::Created, None),
        ("automation", "new", Change::Created, Some(1)),
        ("automation", "won", Change::Created, Some(1)),
    ];
    assert_eq!(changes(&done), expected);
    assert_eq!(
        (done[0].fields[0].field.as_str(), &done[0].fields[0].after),
        ("name", &json!("Sales 2"))
    );

    let rows = world.rows.clone();
    let again = import(&mut world, &wanted, true).unwrap();
    assert!(
        again.iter().all(|one| one.change == Change::Left && one.published.is_none()),
        "{again:?}"
    );
    assert_eq!(world.rows, rows);
}

#[test]
fn what_differs_is_told_by_field_and_id() {
    let mut world = World::new();
    let before = json!([robot("a", "hi", json!({})), robot("b", "bye", json!({}))]);
    world.automate("new", before, json!([]));
    world.automate("won", json!([]), json!([trigger("t", json!({}))]));
    let after = json!([
        robot("b", "bye", json!({})),
        robot("a", "hello", json!({"run": {"after": "1h"}})),
        robot("c", "x", json!({}))
    ]);

    let done = import(&mut world, &file(vec![automation("new", after, json!([]))]), false).unwrap();

    assert_eq!(
        changes(&done)[2..],
        [
            ("automation", "new", Change::Changed, None),
            ("automation", "won", Change::NotInFile, None)
        ]
    );

    let fields: Vec<&str> =
        done[2].fields.iter().map(|difference| difference.field.as_str()).collect();
    assert_eq!(fields, ["robots[a].run", "robots[a].settings.text", "robots[c]", "robots"]);
    assert_eq!(
        (&done[2].fields[1].before, &done[2].fields[1].after),
        (&json!("hi"), &json!("hello"))
    );
    assert_eq!(done[2].fields[3].after, json!(["b", "a", "c"]));
}

#[test]
fn a_draft_that_is_there_already_is_published_where_it_does_not_run() {
    let mut world = World::new();
    world.save("new", json!([robot("a", "hi", json!({}))]), json!([])).unwrap();
    let wanted = file(vec![automation("new", json!([robot("a", "hi", json!({}))]), json!([]))]);

    let done = import(&mut world, &wanted, true).unwrap();

    assert_eq!(changes(&done)[2], ("automation", "new", Change::Left, Some(1)));
    assert_eq!(
        world.get::<Automation>(&Automation::key(TENANT, "new")).unwrap().published,
        Some(1)
    );
}

#[test]
fn one_mistake_keeps_all_of_it_out_and_names_its_place() {
    let mut world = World::new();
    let wrong = robot("b", "{{item.titel}}", json!({}));
    let wanted = file(vec![
        automation("new", json!([robot("a", "hi", json!({}))]), json!([])),
        automation("won", json!([robot("a", "hi", json!({})), wrong]), json!([])),
    ]);

    let rows = world.rows.clone();
    let refusal = import(&mut world, &wanted, true).unwrap_err();
    let place = "automations[1].robots[1].settings.text";
    assert_eq!(
        (refusal.code, refusal.field.as_deref()),
        ("automation.unknown-reference", Some(place))
    );
    assert_eq!(world.rows, rows);

    let twice = file(vec![
        automation("new", json!([]), json!([])),
        automation("new", json!([]), json!([])),
    ]);
    assert_eq!(import(&mut world, &twice, false).unwrap_err().code, "import.twice");

    let mut kinds = file(Vec::new());
    kinds.pipeline = Pipeline { kind: "lead".into(), ..kinds.pipeline };
    let refusal = import(&mut world, &kinds, false).unwrap_err();
    assert_eq!(
        (refusal.code, refusal.field.as_deref()),
        ("pipeline.kind-fixed", Some("pipeline.kind"))
    );
}

#[test]
fn a_large_file_is_set_up_in_one_decision() {
    let mut world = World::new();
    let stages: Vec<Value> =
        (0..30).map(|n| json!({"id": format!("s{n}"), "name": format!("Stage {n}")})).collect();
    let robots: Vec<Value> =
        (0..20).map(|n| robot(&format!("r{n}"), "hi", json!({"working_time": {}}))).collect();

    let mut wanted = file(Vec::new());
    wanted.pipeline.id = "large".into();
    wanted.pipeline.stages = serde_json::from_value(json!(stages)).unwrap();
    for n in 0..30 {
        let mut one = automation(&format!("s{n}"), json!(robots), json!([trigger("t", json!({}))]));
        one["pipeline"] = json!("large");
        wanted.automations.push(serde_json::from_value(one).unwrap());
    }

    let done = world.ok(|tx, ctx| decide(tx, ctx, &wanted, Some(Waiting::Migrate)));

    assert_eq!(done.iter().filter(|one| one.published == Some(1) && one.job.is_some()).count(), 30);
}

#[test]
fn what_waits_under_an_older_version_ends_where_the_import_says_so() {
    let mut world = World::new();
    let waits = |after: &str| json!([robot("a", "hi", json!({"run": {"after": after}}))]);
    world.automate("new", waits("1h"), json!([]));
    world.create("deal", json!({"title": "Roof", "pipeline": "sales"}));
    world.dispatch_quietly();

    let wanted = file(vec![
        automation("new", waits("2h"), json!([])),
        automation("won", waits("1d"), json!([])),
    ]);

    let done = world.ok(|tx, ctx| decide(tx, ctx, &wanted, Some(Waiting::Cancel)));
    let jobs: Vec<Option<&str>> = done.iter().map(|one| one.job.as_deref()).collect();
    assert_eq!(jobs, [None, None, Some("replace.new"), Some("replace.won")]);

    world.work();
    assert_eq!(
        world.runs()[0].steps[0].state,
        StepState::Cancelled { reason: CancelReason::VersionReplaced }
    );
}

#[test]
fn what_publishing_warns_of_an_import_tells_too() {
    let mut world = World::new();
    let robots = json!([robot("a", "hi", json!({"run": {"before": "1d", "field": "close_at"}}))]);
    let wanted = file(vec![automation("new", robots, json!([]))]);

    let done = import(&mut world, &wanted, true).unwrap();
    assert!(done[2].warnings[0].starts_with("robot `a` runs 1d before close_at"), "{done:?}");

    assert!(import(&mut world, &wanted, true).unwrap()[2].warnings.is_empty());
}
