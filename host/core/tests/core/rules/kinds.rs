//! Fields and kinds of a tenant's own.

use serde_json::{Value, json};

use stagewright_core::command::{
    change_record, create_record, move_item, put_group, put_kind, put_pipeline,
};
use stagewright_core::key::Queue;
use stagewright_core::model::due::Due;
use stagewright_core::model::record::RecordRef;
use stagewright_core::refusal::Refusal;

use crate::rules::world::{World, robot};

fn put(world: &mut World, id: &str, kind: Value) -> Result<(), Refusal> {
    world
        .run(|tx, ctx| {
            put_kind::decide(tx, ctx, id, serde_json::from_value(kind.clone()).unwrap(), None)
        })
        .map(drop)
}

fn refused(world: &mut World, id: &str, kind: Value) -> (&'static str, String) {
    let refusal = put(world, id, kind).unwrap_err();
    (refusal.code, refusal.field.unwrap_or_default())
}

fn create(
    world: &mut World,
    kind: &str,
    fields: Value,
) -> Result<RecordRef, (&'static str, String)> {
    let fields = fields.as_object().unwrap().clone();
    let made = world.run(|tx, ctx| create_record::decide(tx, ctx, kind, &fields));
    made.map(|(record, _)| record.key)
        .map_err(|refusal| (refusal.code, refusal.field.unwrap_or_default()))
}

/// The kind `x_project` with a pipeline `build`.
fn projects(world: &mut World) {
    let fields = json!([
        {"name": "x_phase", "type": "choice", "choices": ["plan", "build"], "required": true},
        {"name": "x_handover", "type": "moment"}, {"name": "x_deal", "type": "link", "to": "deal"},
    ]);
    put(world, "x_project", json!({"name": "Project", "fields": fields})).unwrap();

    let pipeline = json!({"kind": "x_project", "name": "Build", "stages": [
        {"id": "start", "name": "Start"}, {"id": "end", "name": "End", "semantics": "won"}]});
    world.ok(|tx, ctx| {
        put_pipeline::decide(
            tx,
            ctx,
            "build",
            serde_json::from_value(pipeline.clone()).unwrap(),
            None,
        )
    });
}

#[test]
fn a_built_in_kind_takes_own_fields() {
    let mut world = World::new();
    let unknown =
        create(&mut world, "deal", json!({"title": "Roof", "pipeline": "sales", "x_area": "120"}));
    assert_eq!(unknown, Err(("record.unknown-field", "fields.x_area".into())));

    put(
        &mut world,
        "deal",
        json!({"name": "Deal", "fields": [{"name": "x_area", "type": "decimal"}]}),
    )
    .unwrap();
    let deal =
        create(&mut world, "deal", json!({"title": "Roof", "pipeline": "sales", "x_area": "120"}))
            .unwrap();
    assert_eq!(world.record(&deal).text("x_area"), "120");

    let wrong = json!({"x_area": "wide"}).as_object().unwrap().clone();
    let refusal =
        world.run(|tx, ctx| change_record::decide(tx, ctx, &deal, &wrong, None)).unwrap_err();
    assert_eq!(
        (refusal.code, refusal.field.as_deref()),
        ("record.wrong-type", Some("fields.x_area"))
    );

    let gone = json!({"x_area": null}).as_object().unwrap().clone();
    world.ok(|tx, ctx| change_record::decide(tx, ctx, &deal, &gone, None));
    assert_eq!(world.record(&deal).text("x_area"), "");
}

#[test]
fn items_of_an_own_kind_move_and_carry_automations() {
    let mut world = World::new();
    projects(&mut world);

    let text = "{{ item.title }} {{ item.x_phase }}";
    let robots =
        json!([robot("say", text, json!({"run": {"before": "1d", "field": "x_handover"}}))]);
    let draft = json!({
        "kind": "x_project", "pipeline": "build", "stage": "start", "robots": robots,
        "triggers": [],
    });

    world.ok(|tx, ctx| {
        stagewright_core::command::put_automation::decide(
            tx,
            ctx,
            "start",
            serde_json::from_value(draft.clone()).unwrap(),
            None,
        )
    });
    world.ok(|tx, ctx| stagewright_core::command::publish_automation::decide(tx, ctx, "start"));

    let fields = json!({
        "title": "Roof", "pipeline": "build", "x_phase": "plan",
        "x_handover": "2030-01-02T00:00:00Z",
    });
    let project = create(&mut world, "x_project", fields).unwrap();
    world.dispatch_quietly();

    let (key, Due::Step { item, .. }) = world.due(Queue::Step).remove(0) else { panic!() };
    assert_eq!(
        (item, key.as_due().unwrap().due_at),
        (project.clone(), "2030-01-01T00:00:00Z".parse().unwrap())
    );

    world.ok(|tx, ctx| move_item::decide(tx, ctx, &project, "end", None));
    assert_eq!(world.record(&project).text("stage"), "end");
    assert!(world.due(Queue::Step).is_empty());

    world.create("task", json!({"title": "Measure", "items": [project]}));
}

#[test]
fn an_own_kind_keeps_to_its_fields() {
    let mut world = World::new();
    projects(&mut world);
    let mut project = |more: Value| {
        let mut fields = json!({"title": "Roof", "pipeline": "build"});
        fields.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        create(&mut world, "x_project", fields).unwrap_err()
    };

    assert_eq!(project(json!({})), ("record.missing-field", "fields.x_phase".into()));
    assert_eq!(
        project(json!({"x_phase": "paint"})),
        ("record.wrong-type", "fields.x_phase".into())
    );

    let dangling = json!({"x_phase": "plan", "x_deal": "nothing"});
    assert_eq!(project(dangling), ("record.dangling-link", "fields.x_deal".into()));

    let impossible = json!({"x_phase": "plan", "x_handover": "2026-02-30T00:00:00Z"});
    assert_eq!(project(impossible), ("record.wrong-type", "fields.x_handover".into()));

    assert_eq!(
        create(&mut world, "x_other", json!({"title": "x"})),
        Err(("record.unknown-kind", "kind".into()))
    );
}

#[test]
fn a_kind_that_makes_no_sense_is_refused_by_field() {
    let mut world = World::new();
    let say = |code: &'static str, field: &str| (code, field.to_owned());
    let mut field =
        |id: &str, field: Value| refused(&mut world, id, json!({"name": "K", "fields": [field]}));

    assert_eq!(
        field("deal", json!({"name": "area", "type": "text"})),
        say("kind.invalid", "fields[0].name")
    );
    assert_eq!(
        field("deal", json!({"name": "x_", "type": "text"})),
        say("kind.invalid", "fields[0].name")
    );
    assert_eq!(
        field("deal", json!({"name": "x_A", "type": "text"})),
        say("kind.invalid", "fields[0].name")
    );
    assert_eq!(
        field("deal", json!({"name": "x_a", "type": "money"})),
        say("kind.invalid", "fields[0].type")
    );

    assert_eq!(
        field("deal", json!({"name": "x_a", "type": "choice"})),
        say("kind.invalid", "fields[0].choices")
    );
    let choices = json!({"name": "x_a", "type": "text", "choices": ["b"]});
    assert_eq!(field("deal", choices), say("kind.invalid", "fields[0].choices"));

    assert_eq!(
        field("deal", json!({"name": "x_a", "type": "link"})),
        say("kind.invalid", "fields[0].to")
    );
    let nowhere = json!({"name": "x_a", "type": "link", "to": "x_nothing"});
    assert_eq!(field("deal", nowhere), say("record.unknown-kind", "fields[0].to"));

    let required = json!({"name": "x_a", "type": "text", "required": true});
    assert_eq!(field("deal", required), say("kind.invalid", "fields[0].required"));

    for id in ["project", "x_", "x_Big", "x_a b", "X_a"] {
        assert_eq!(
            refused(&mut world, id, json!({"name": "P"})),
            say("kind.invalid", "id"),
            "{id}"
        );
    }

    assert_eq!(refused(&mut world, "x_project", json!({"name": ""})), say("kind.invalid", "name"));
    let twice = json!([{"name": "x_a", "type": "text"}, {"name": "x_a", "type": "bool"}]);
    assert_eq!(
        refused(&mut world, "deal", json!({"name": "D", "fields": twice})),
        say("kind.invalid", "fields[1].name")
    );
}

#[test]
fn a_field_stays_and_keeps_its_type() {
    let mut world = World::new();
    let with = |fields: Value| json!({"name": "Deal", "fields": fields});

    put(&mut world, "deal", with(json!([{"name": "x_a", "type": "choice", "choices": ["b"]}])))
        .unwrap();
    put(&mut world, "deal", with(json!([{"name": "x_a", "type": "choice", "choices": ["c"]}])))
        .unwrap();

    let other = with(json!([{"name": "x_a", "type": "text"}]));
    assert_eq!(refused(&mut world, "deal", other), ("kind.field-fixed", "fields[0].type".into()));
    assert_eq!(refused(&mut world, "deal", with(json!([]))), ("kind.field-fixed", "fields".into()));
}

#[test]
fn a_work_group_has_members_who_work_here() {
    let mut world = World::new();
    let (ira, left) = (
        world.create("user", json!({"name": "Ira"})).id,
        world.create("user", json!({"name": "L", "active": false})).id,
    );

    let put = |world: &mut World, members: Value| {
        let group = json!({"name": "Roofers", "members": members});
        world.run(|tx, ctx| {
            put_group::decide(
                tx,
                ctx,
                "roofers",
                serde_json::from_value(group.clone()).unwrap(),
                None,
            )
        })
    };

    let refusal = put(&mut world, json!([ira, left])).unwrap_err();
    assert_eq!(
        (refusal.code, refusal.field.as_deref()),
        ("record.inactive-user", Some("members[1]"))
    );

    let (group, _) = put(&mut world, json!([ira, ira])).unwrap();
    assert_eq!(group.members, vec![ira.clone()]);

    world.create("task", json!({"title": "Measure", "group": "roofers"}));
    let inactive = json!({"active": false}).as_object().unwrap().clone();
    let person = RecordRef::new("user", &ira);
    world.ok(|tx, ctx| change_record::decide(tx, ctx, &person, &inactive, None));
    // Whoever is a member already stays one after leaving.
    put(&mut world, json!([ira])).unwrap();
}

#[test]
fn a_field_that_is_required_since_does_not_stop_changes_of_older_items() {
    let mut world = World::new();
    projects(&mut world);
    let older = create(
        &mut world,
        "x_project",
        json!({"title": "Roof", "pipeline": "build", "x_phase": "plan"}),
    )
    .unwrap();

    let fields = json!([
        {"name": "x_phase", "type": "choice", "choices": ["plan", "build"], "required": true},
        {"name": "x_handover", "type": "moment"}, {"name": "x_deal", "type": "link", "to": "deal"},
        {"name": "x_site", "type": "text", "required": true},
    ]);
    put(&mut world, "x_project", json!({"name": "Project", "fields": fields})).unwrap();

    let mut change = |fields: Value| {
        let fields = fields.as_object().unwrap().clone();
        let changed = world.run(|tx, ctx| change_record::decide(tx, ctx, &older, &fields, None));
        changed.map(drop).map_err(|refusal| (refusal.code, refusal.field.unwrap_or_default()))
    };
    let missing = |field: &str| Err(("record.missing-field", format!("fields.{field}")));

    assert_eq!(change(json!({"title": "Roof 2"})), Ok(()));
    assert_eq!(change(json!({"title": "Roof 3", "x_site": ""})), missing("x_site"));
    assert_eq!(change(json!({"x_phase": null})), missing("x_phase"));
    assert_eq!(change(json!({"x_site": "Kyiv"})), Ok(()));
    assert_eq!(change(json!({"x_site": null})), missing("x_site"));

    let without = json!({"title": "New", "pipeline": "build", "x_phase": "plan"});
    assert_eq!(
        create(&mut world, "x_project", without),
        Err(("record.missing-field", "fields.x_site".into()))
    );
}
