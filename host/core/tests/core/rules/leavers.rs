//! Employees who were deactivated or deleted, and what still has their names in it.

use serde_json::{Value, json};

use stagewright_core::command::{change_record, create_record, delete_record};
use stagewright_core::context::{Actor, OpContext};
use stagewright_core::key::{Key, Table};
use stagewright_core::model::history::{EntryType, HistoryEntry};
use stagewright_core::model::notification::Notification;
use stagewright_core::model::record::RecordRef;

use crate::rules::effects::{act, deal};
use crate::rules::world::{TENANT, World, robot};

fn change(
    world: &mut World,
    target: &RecordRef,
    fields: Value,
) -> Result<(), (&'static str, String)> {
    let fields = fields.as_object().unwrap().clone();
    let changed = world.run(|tx, ctx| change_record::decide(tx, ctx, target, &fields, None));
    changed.map(drop).map_err(|refusal| (refusal.code, refusal.field.unwrap_or_default()))
}

fn person(world: &mut World, name: &str) -> String {
    world.create("user", json!({"name": name})).id
}

fn deactivate(world: &mut World, user: &str) {
    change(world, &RecordRef::new("user", user), json!({"active": false})).unwrap();
}

/// A deal with three observers, of whom the first was deactivated and the second deleted since; a
/// robot is due. Gives the deal and the third.
fn observed(world: &mut World) -> (RecordRef, String) {
    let item = deal(world, json!([robot("teller", "x", json!({}))]));
    let (left, gone, here) = (person(world, "Left"), person(world, "Gone"), person(world, "Here"));
    change(world, &item, json!({"observers": [left, gone, here]})).unwrap();

    deactivate(world, &left);
    world.ok(|tx, ctx| delete_record::decide(tx, ctx, &RecordRef::new("user", &gone), None, None));
    world.dispatch_quietly();
    (item, here)
}

#[test]
fn an_observer_who_left_does_not_stop_a_notification() {
    let mut world = World::new();
    let (_, here) = observed(&mut world);

    let told = act(&mut world, |scope| {
        let to = scope.resolve("observers")?;
        scope.notify(&json!({"to": to, "text": "Look"}).to_string())
    });
    assert_eq!(told.unwrap().len(), 1);

    let prefix = Key::new(TENANT, Table::Notification, &[]);
    let kept = world
        .rows
        .keys()
        .filter(|key| key.starts_with(&prefix))
        .filter_map(|key| world.get::<Notification>(key));
    assert_eq!(kept.map(|found| found.to).collect::<Vec<_>>(), [here]);
}

#[test]
fn an_observer_who_left_does_not_stop_a_task() {
    let mut world = World::new();
    let (_, here) = observed(&mut world);

    let task = act(&mut world, |scope| {
        let observers = scope.resolve("observers")?;
        scope.create_task(&json!({"title": "Look", "observers": observers}).to_string())
    });

    assert_eq!(world.record(&RecordRef::new("task", &task.unwrap())).texts("observers"), [here]);
}

/// How a person leaves.
const WAYS: [fn(&mut World, &str); 2] =
    [deactivate, |world, user| {
        drop(world.ok(|tx, ctx| {
            delete_record::decide(tx, ctx, &RecordRef::new("user", user), None, None)
        }));
    }];

/// A deal that an employee made, for which a robot is due. Gives the employee.
fn authored(world: &mut World) -> String {
    let author = person(world, "Author");
    world.automate("new", json!([robot("teller", "x", json!({}))]), json!([]));

    let ctx = OpContext { actor: Actor::User { id: author.clone() }, ..world.ctx() };
    let fields = json!({"title": "Roof", "pipeline": "sales"}).as_object().unwrap().clone();
    world.run_as(&ctx, |tx, ctx| create_record::decide(tx, ctx, "deal", &fields)).unwrap();
    world.dispatch_quietly();
    author
}

/// In whose name an entry stands that a robot writes as the item's author.
fn author_of_entry(world: &mut World) -> Option<String> {
    let id = act(world, |scope| {
        let author = scope.resolve("author")?.into_iter().next();
        scope.write_history(&json!({"text": "Nobody called", "author": author}).to_string())
    });

    let prefix = HistoryEntry::range(TENANT, EntryType::Information);
    let mut entries = world
        .rows
        .keys()
        .filter(|key| key.starts_with(&prefix))
        .filter_map(|key| world.get::<HistoryEntry>(key));
    let entry = entries.next().unwrap();

    assert_eq!(id, Ok(entry.id));
    entry.author
}

#[test]
fn a_history_entry_has_the_author_while_he_works_here_and_is_written_without_one_afterwards() {
    let mut world = World::new();
    let author = authored(&mut world);
    assert_eq!(author_of_entry(&mut world), Some(author));

    for leave in WAYS {
        let mut world = World::new();
        let author = authored(&mut world);
        leave(&mut world, &author);
        assert_eq!(author_of_entry(&mut world), None);
    }
}

#[test]
fn an_author_who_left_stops_neither_a_task_nor_a_notification() {
    for leave in WAYS {
        let mut world = World::new();
        let (author, here) = (authored(&mut world), person(&mut world, "Here"));
        leave(&mut world, &author);

        let made = act(&mut world, |scope| {
            let both = [scope.resolve("author")?, vec![here.clone()]].concat();
            let told = scope.notify(&json!({"to": both, "text": "Look"}).to_string())?;
            let task =
                scope.create_task(&json!({"title": "Look", "observers": both}).to_string())?;
            Ok((told.len(), task))
        });

        let (told, task) = made.unwrap();
        assert_eq!(
            (told, world.record(&RecordRef::new("task", &task)).texts("observers")),
            (1, vec![here])
        );
    }
}

#[test]
fn whoever_is_responsible_is_given_and_refused_by_name_after_leaving() {
    let mut world = World::new();
    let (item, _) = observed(&mut world);
    let responsible = world.record(&item).text("responsible").to_owned();
    deactivate(&mut world, &responsible);
    world.dispatch_quietly();

    let refusal = act(&mut world, |scope| {
        let to = scope.resolve("responsible")?;
        assert_eq!(to.len(), 1);
        scope.notify(&json!({"to": to, "text": "Look"}).to_string())
    });

    assert!(refusal.unwrap_err().message.contains("deactivated"));
}

#[test]
fn a_list_with_somebody_in_it_who_left_can_be_changed() {
    let mut world = World::new();
    let item = world.create("deal", json!({"title": "Roof", "pipeline": "sales"}));
    let (left, here, also_left) =
        (person(&mut world, "Left"), person(&mut world, "Here"), person(&mut world, "Also"));

    change(&mut world, &item, json!({"observers": [left]})).unwrap();
    deactivate(&mut world, &left);
    deactivate(&mut world, &also_left);

    change(&mut world, &item, json!({"observers": [left, here]})).unwrap();
    assert_eq!(
        change(&mut world, &item, json!({"observers": [left, here, also_left]})),
        Err(("record.inactive-user", "fields.observers".into()))
    );

    change(&mut world, &item, json!({"observers": [here]})).unwrap();
    assert_eq!(
        change(&mut world, &item, json!({"observers": [here, left]})),
        Err(("record.inactive-user", "fields.observers".into())),
        "who was taken off is not put back"
    );

    change(&mut world, &item, json!({"responsible": left})).unwrap_err();
}

#[test]
fn a_task_that_is_linked_to_a_deleted_deal_can_be_linked_to_another() {
    let mut world = World::new();
    let deals: Vec<RecordRef> = (0..3)
        .map(|_| world.create("deal", json!({"title": "Roof", "pipeline": "sales"})))
        .collect();
    let task = world.create("task", json!({"title": "Measure", "items": [deals[0]]}));

    for gone in [0, 2] {
        world.ok(|tx, ctx| delete_record::decide(tx, ctx, &deals[gone], None, None));
    }

    change(&mut world, &task, json!({"items": [deals[0], deals[1]]})).unwrap();
    let refusal = change(&mut world, &task, json!({"items": [deals[0], deals[1], deals[2]]}));
    assert_eq!(refusal, Err(("record.dangling-link", "fields.items[2]".into())));
}
