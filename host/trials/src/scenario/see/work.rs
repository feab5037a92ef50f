//! Expectations about tasks, activities, history and notifications.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::difference::text;
use super::listed::{Seen, fits, one_of, wanted};
use crate::scenario::grammar::{
    ActivityIs, HistoryHas, Moment, Name, NotificationIs, Pattern, TaskIs, matches,
};
use crate::scenario::world::World;

/// Compares tasks.
pub(super) async fn see_task(world: &World, expected: &TaskIs) -> Seen {
    let tasks = records(world, "task").await?;
    let linked = |task: &Value, of: &Name| {
        let items = task.pointer("/fields/items").and_then(Value::as_array).into_iter().flatten();
        items.into_iter().any(|item| text(item, "id") == Some(&of.value))
    };
    let tasks: Vec<Value> = tasks
        .into_iter()
        .filter(|task| expected.of.as_ref().is_none_or(|of| linked(task, of)))
        .collect();

    let moments = [("/fields/deadline", moment(world, expected.deadline.as_ref())?)];
    Ok(in_fields("task", &tasks, &expected.fields, &moments, expected.count))
}

/// Compares activities.
pub(super) async fn see_activity(world: &World, expected: &ActivityIs) -> Seen {
    let activities = records(world, "activity").await?;
    let is_of = |activity: &Value, of: &Name| {
        activity.pointer("/fields/item/id").and_then(Value::as_str) == Some(&of.value)
    };
    let activities: Vec<Value> = activities
        .into_iter()
        .filter(|activity| expected.of.as_ref().is_none_or(|of| is_of(activity, of)))
        .collect();

    let due = moment(world, expected.due.as_ref())?;
    let completed = moment(world, expected.completed.as_ref())?;
    let moments = [("/fields/due", due), ("/fields/completed_at", completed)];
    Ok(in_fields("activity", &activities, &expected.fields, &moments, expected.count))
}

/// Compares entries of the history: an item's, or the tenant's.
pub(super) async fn see_history(world: &World, expected: &HistoryHas) -> Seen {
    let path = match &expected.of {
        Some(of) => {
            let record = world.names.of(&of.value)?;
            format!("/v1/records/{}/{}/history?limit=200", record.kind, record.id)
        }
        None => "/v1/history?limit=200".to_owned(),
    };
    let entries = named(world, &path).await?;

    let at = moment(world, expected.at.as_ref())?.map(Pattern);
    let parts = [
        ("type", &expected.kind),
        ("text", &expected.text),
        ("author", &expected.author),
        ("responsible", &expected.responsible),
        ("automation", &expected.automation),
        ("robot", &expected.robot),
        ("stage", &expected.stage),
        ("at", &at),
    ];
    Ok(one_of("history entry", &wanted(&parts), expected.count, &entries, |entry| {
        fits(entry, &parts)
    }))
}

/// Compares notifications, of everybody.
pub(super) async fn see_notification(world: &World, expected: &NotificationIs) -> Seen {
    let mut all = Vec::new();
    for user in world.names.ids_of("user") {
        all.extend(named(world, &format!("/v1/notifications?user={user}&limit=200")).await?);
    }

    let of =
        |one: &Value, of: &Name| one.pointer("/item/id").and_then(Value::as_str) == Some(&of.value);
    all.retain(|one| expected.of.as_ref().is_none_or(|item| of(one, item)));

    let at = moment(world, expected.at.as_ref())?.map(Pattern);
    let parts =
        [("to", &expected.to), ("text", &expected.text), ("author", &expected.author), ("at", &at)];
    Ok(one_of("notification", &wanted(&parts), expected.count, &all, |one| fits(one, &parts)))
}

/// All records of a kind, ids being names.
async fn records(world: &World, kind: &str) -> Result<Vec<Value>, String> {
    named(world, &format!("/v1/records/{kind}?limit=200")).await
}

/// The items of a list, ids being names.
async fn named(world: &World, path: &str) -> Result<Vec<Value>, String> {
    let listed = world.admin().get(path).await.map_err(|e| e.to_string())?;
    let items = listed.list("/items").map_err(|e| e.to_string())?;
    Ok(items.iter().map(|item| world.names.with_names(item)).collect())
}

/// A moment as the API writes it.
fn moment(world: &World, expected: Option<&Moment>) -> Result<Option<String>, String> {
    expected.map(|moment| world.names.at(moment).map(|at| at.to_string())).transpose()
}

/// Whether as many records as expected have these fields and moments.
fn in_fields(
    what: &str,
    found: &[Value],
    fields: &BTreeMap<String, Value>,
    moments: &[(&str, Option<String>)],
    count: Option<u64>,
) -> Result<(), super::Difference> {
    let fits = |record: &Value| {
        let at = |pointer: &str| record.pointer(pointer).and_then(Value::as_str);
        fields
            .iter()
            .all(|(name, value)| matches(value, record.pointer(&format!("/fields/{name}"))))
            && moments.iter().all(|(pointer, moment)| {
                moment.as_deref().is_none_or(|moment| at(pointer) == Some(moment))
            })
    };

    let times: Vec<String> = moments
        .iter()
        .filter_map(|(pointer, at)| at.as_ref().map(|at| format!("{pointer} {at}")))
        .collect();
    let wanted = format!(" with {} {}", json!(fields), times.join(", "));

    // What is shown of each is its fields.
    let shown: Vec<Value> =
        found.iter().map(|record| record.get("fields").cloned().unwrap_or_default()).collect();
    let whole: Vec<Value> = found.to_vec();
    let fitting: Vec<bool> = whole.iter().map(fits).collect();
    let marked: Vec<Value> = shown
        .into_iter()
        .zip(fitting)
        .map(|(fields, fits)| json!({"fits": fits, "as it is": fields.to_string()}))
        .collect();

    one_of(what, wanted.trim_end(), count, &marked, |one| {
        one.get("fits") == Some(&Value::Bool(true))
    })
}
