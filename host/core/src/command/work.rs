//! Tasks and activities: what they are linked to, what is told of them, and what leaving a stage
//! does to them.

use crate::schema::built_in;
use serde_json::{Map, Value, json};

use super::{Draft, emit, history, note};
use crate::context::{Actor, OpContext};
use crate::limits::OPEN_ACTIVITIES_MAX;
use crate::model::history::EntryType;
use crate::model::record::{IndexEntry, Lane, Record, RecordRef, linked_to, linked_to_entry};
use crate::model::run::Run;
use crate::refusal::Refusal;
use crate::time::Timestamp;
use crate::tx::{Halt, Tx};

/// Whether records of this kind are work to be done: tasks and activities.
pub(super) fn is_work(kind: &str) -> bool {
    matches!(kind, built_in::TASK | built_in::ACTIVITY)
}

/// Fills in what a new task or activity has where nothing else was said.
pub(super) fn fill_in(kind: &str, fields: &mut Map<String, Value>, now: Timestamp) {
    let defaults = match kind {
        built_in::TASK => [("status", json!("new")), ("priority", json!("normal"))],
        built_in::ACTIVITY => [("status", json!("planned")), ("auto_complete", json!(true))],
        _ => return,
    };

    for (field, value) in defaults {
        fields.entry(field).or_insert(value);
    }
    stamp(kind, fields, now);
}

/// Keeps the moment at which it was completed.
pub(super) fn stamp(kind: &str, fields: &mut Map<String, Value>, now: Timestamp) {
    if !is_work(kind) {
        return;
    }

    if fields.get("status").and_then(Value::as_str) == Some("completed") {
        fields.entry("completed_at").or_insert_with(|| json!(now));
    } else {
        fields.remove("completed_at");
    }
}

/// The items that a task or an activity is linked to.
pub(super) fn items(record: &Record) -> Vec<RecordRef> {
    let one = record.fields.get("item").filter(|_| record.key.kind == built_in::ACTIVITY);
    let many = record
        .fields
        .get("items")
        .filter(|_| record.key.kind == built_in::TASK)
        .and_then(Value::as_array);

    one.into_iter()
        .chain(many.into_iter().flatten())
        .filter_map(|item| serde_json::from_value(item.clone()).ok())
        .collect()
}

/// Whether leaving the stage completes it.
fn is_open(record: &Record) -> bool {
    let planned = record.deleted_at.is_none() && record.text("status") == "planned";
    record.key.kind == built_in::ACTIVITY && planned && record.is_on("auto_complete")
}

/// Brings the links of a task or an activity from what `before` had to what `after` has.
///
/// # Errors
/// `activity.too-many`, and what reading may say.
pub(super) fn index(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    before: Option<&Record>,
    after: &Record,
) -> Result<(), Halt> {
    let kind = after.key.kind.as_str();
    if !is_work(kind) {
        return Ok(());
    }

    let old = before.filter(|before| before.deleted_at.is_none()).map(items).unwrap_or_default();
    let new = if after.deleted_at.is_none() { items(after) } else { Vec::new() };

    // Only what differs is written: each entry bumps the guard of a range on which others decide,
    // such as whoever completes an item's tasks.
    for item in old.iter().filter(|item| !new.contains(item)) {
        tx.delete_indexed(
            &linked_to(ctx.tenant, kind, item),
            linked_to_entry(ctx.tenant, after, item),
        );
    }

    for item in new.iter().filter(|item| !old.contains(item)) {
        let key = linked_to_entry(ctx.tenant, after, item);
        tx.put_indexed(
            &linked_to(ctx.tenant, kind, item),
            key,
            &IndexEntry { id: after.key.id.clone() },
        )?;
    }

    let open =
        |record: &Record, items: &[RecordRef]| items.first().filter(|_| is_open(record)).cloned();
    let (was, is) = (before.and_then(|before| open(before, &old)), open(after, &new));

    if was != is {
        tx.want(&was.iter().chain(&is).map(|item| item.lane_key(ctx.tenant)).collect::<Vec<_>>())?;
        if let Some(item) = was {
            change_lane(tx, ctx, &item, |open| open.retain(|id| *id != after.key.id))?;
        }
        if let Some(item) = is {
            let count = change_lane(tx, ctx, &item, |open| open.push(after.key.id.clone()))?;
            // Leaving the stage completes all of them in one commit.
            if count > OPEN_ACTIVITIES_MAX {
                let message = format!(
                    "{OPEN_ACTIVITIES_MAX} activities of one item may be open; complete some of \
                     them first"
                );
                return Err(Refusal::conflict("activity.too-many", message)
                    .at("fields.item")
                    .into());
            }
        }
    }

    Ok(())
}

/// Changes the list of an item's open activities and gives its length.
fn change_lane(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    item: &RecordRef,
    change: impl FnOnce(&mut Vec<String>),
) -> Result<usize, Halt> {
    let key = item.lane_key(ctx.tenant);
    let mut lane = tx.get_or_default::<Lane>(&key)?;
    change(&mut lane.activities);
    tx.put(key, &lane)?;
    Ok(lane.activities.len())
}

/// Says that a task or an activity is there: on the timelines of its items, and to their
/// automations.
pub(super) fn announce_created(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    record: &Record,
) -> Result<(), Halt> {
    let kind = record.key.kind.as_str();
    note_on_items(tx, ctx, record, "created")?;

    let told = told(tx, ctx, record)?;
    let (event, payload) = (format!("{kind}.created"), json!({ kind: view(record) }));
    emit(
        tx,
        ctx,
        Draft { kind: &event, subject: record.key.clone(), occurred_at: None, payload },
        &told,
    )?;
    Ok(())
}

/// Says what changed of a task or an activity. Only a change of its status concerns the items that
/// it is linked to.
pub(super) fn announce_changed(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    before: &Record,
    after: &Record,
    changes: &[Value],
) -> Result<(), Halt> {
    let (from, to) = (before.text("status"), after.text("status"));
    let is_task = after.key.kind == built_in::TASK;
    let told = if from == to || !(is_task || to == "completed") {
        Vec::new()
    } else {
        told(tx, ctx, after)?
    };

    let (kind, payload) = match (from == to, is_task, to) {
        (false, true, _) => (
            "task.status_changed",
            json!({"task": view(after), "from": from, "to": to, "changes": changes}),
        ),
        (false, false, "completed") => ("activity.completed", json!({"activity": view(after)})),
        _ => ("record.changed", json!({ "changes": changes })),
    };

    if kind != "record.changed" {
        note_on_items(tx, ctx, after, to)?;
    }

    emit(tx, ctx, Draft { kind, subject: after.key.clone(), occurred_at: None, payload }, &told)?;
    Ok(())
}

/// Gives a task or an activity another status, with everything that follows from it.
pub(super) fn set_status(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    target: &RecordRef,
    status: &str,
) -> Result<Record, Halt> {
    let (before, _) = tx.require::<Record>(&target.key(ctx.tenant))?;
    let mut after = before.clone();
    after.fields.insert("status".into(), json!(status));
    stamp(&target.kind, &mut after.fields, ctx.now);

    keep(tx, ctx, &before, after, "changed status")
}

/// Links a task or an activity to the item `to` instead of `from`. An activity for which there is
/// no room among those that leaving a stage completes is to be completed by hand from then on.
pub(super) fn relink(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    before: &Record,
    from: &RecordRef,
    to: &RecordRef,
) -> Result<Record, Halt> {
    let mut after = before.clone();

    if before.key.kind == built_in::ACTIVITY {
        after.fields.insert("item".into(), json!(to));

        let open =
            tx.get::<Lane>(&to.lane_key(ctx.tenant))?.map_or(0, |(lane, _)| lane.activities.len());
        if is_open(&after) && open >= OPEN_ACTIVITIES_MAX {
            after.fields.insert("auto_complete".into(), json!(false));
        }
    } else {
        let mut linked = items(before);
        if linked.contains(to) {
            // It was linked to both, and is not to be linked to one of them twice.
            linked.retain(|item| item != from);
        }
        linked.iter_mut().filter(|item| *item == from).for_each(|item| to.clone_into(item));
        after.fields.insert("items".into(), json!(linked));
    }

    keep(
        tx,
        ctx,
        before,
        after,
        &format!("linked to {} instead of {}, which it took over", to.lane(), from.lane()),
    )
}

/// Keeps a task or an activity as it is `after` a change, with everything that follows from it.
fn keep(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    before: &Record,
    mut after: Record,
    said: &str,
) -> Result<Record, Halt> {
    after.updated_at = ctx.now;
    // Before the history, which numbers the entry by the record's version.
    tx.put(after.key.key(ctx.tenant), &after)?;
    index(tx, ctx, Some(before), &after)?;

    let changes = history::changes(before, &after);
    history::write(
        tx,
        ctx,
        EntryType::Changed,
        &after,
        said.to_owned(),
        history::differing(&changes),
    )?;

    announce_changed(tx, ctx, before, &after, &changes)?;
    Ok(after)
}

/// Completes the activities of an item that leaving the stage completes.
pub(super) fn complete_open(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    item: &RecordRef,
) -> Result<(), Halt> {
    let Some((lane, _)) = tx.get::<Lane>(&item.lane_key(ctx.tenant))? else { return Ok(()) };

    let activities: Vec<RecordRef> =
        lane.activities.iter().map(|id| RecordRef::new(built_in::ACTIVITY, id)).collect();
    tx.want(&activities.iter().map(|activity| activity.key(ctx.tenant)).collect::<Vec<_>>())?;

    activities.iter().try_for_each(|activity| set_status(tx, ctx, activity, "completed").map(drop))
}

/// What the payload of an event says of a task or an activity: its fields, and its id among them.
fn view(record: &Record) -> Value {
    let mut view = record.fields.clone();
    view.insert("id".into(), json!(record.key.id));
    Value::Object(view)
}

/// The items whose automations are told: those that it is linked to. What a robot does with a task
/// is no news to the item it works for, or a robot could go on for ever making its own item move.
fn told(tx: &Tx<'_>, ctx: &OpContext, record: &Record) -> Result<Vec<RecordRef>, Halt> {
    let mut items = items(record);

    if let (Actor::Automation { .. }, Some(run), built_in::TASK) =
        (&ctx.actor, &ctx.cause.run, record.key.kind.as_str())
        && let Some((run, _)) = tx.peek::<Run>(&Run::key(ctx.tenant, run))?
    {
        items.retain(|item| *item != run.item);
    }

    Ok(items)
}

/// Writes `task completed: …` and the like on the timelines of its items.
fn note_on_items(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    record: &Record,
    what: &str,
) -> Result<(), Halt> {
    let items = items(record);
    tx.want(&items.iter().map(|item| item.lane_key(ctx.tenant)).collect::<Vec<_>>())?;

    let kind = record.key.kind.as_str();
    let text = format!("{kind} {}: {}", what.replace('_', " "), super::records::title(record));
    let entry = match what {
        "created" | "completed" => format!("{kind}_{what}"),
        _ => format!("{kind}_status"),
    };

    for item in &items {
        note(
            tx,
            ctx,
            item,
            &entry,
            text.clone(),
            json!({ kind: record.key.id, "status": record.text("status") }),
        )?;
    }
    Ok(())
}
