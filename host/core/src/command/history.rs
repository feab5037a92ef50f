//! Entries of the history, written with the command that they tell of: two rows each.

use serde_json::{Map, Value, json};

use super::emit::as_map;
use crate::context::{Actor, OpContext};
use crate::model::history::{EntryType, HistoryEntry, MadeBy};
use crate::model::record::{Lane, Record};
use crate::model::run::Run;
use crate::schema;
use crate::tx::{Halt, Tx};

/// Writes an entry about `subject` as it is now, behind those that are there, and gives its id.
/// Where an automation changes an item, nothing is read for it.
pub(super) fn write(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    kind: EntryType,
    subject: &Record,
    text: String,
    data: Value,
) -> Result<String, Halt> {
    let by = if schema::is_item(&subject.key.kind) {
        beside(ctx, subject)
    } else {
        made_by(tx, ctx)?.unwrap_or_default()
    };

    write_by(tx, ctx, (kind, by, ctx.author()), subject, text, data)
}

/// Writes an entry whose maker and author are known.
pub(super) fn write_by(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    (kind, by, author): (EntryType, MadeBy, Option<&str>),
    subject: &Record,
    text: String,
    data: Value,
) -> Result<String, Halt> {
    let entry = HistoryEntry {
        id: tx.new_id(ctx, "history"),
        at: ctx.now,
        number: next_number(tx, ctx, kind, subject)?,
        kind,
        item: subject.key.clone(),
        text,
        actor: ctx.actor.clone(),
        author: author.map(str::to_owned),
        responsible: Some(subject.text("responsible").to_owned()).filter(|user| !user.is_empty()),
        by,
        data: as_map(data),
    };

    let place = entry.place();
    tx.put(place.key(ctx.tenant), &entry)?;
    // No decision rests on this range, so no guard is kept for it.
    tx.put(entry.of_record_entry(ctx.tenant), &place)?;
    Ok(entry.id)
}

/// What orders an entry among those of its moment: an item counts them in its lane, which every
/// commit that concerns it writes anyway. Of any other record the version grows with every change,
/// and what was only written down comes behind the change before it.
fn next_number(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    kind: EntryType,
    subject: &Record,
) -> Result<u64, Halt> {
    if schema::is_item(&subject.key.kind) {
        let key = subject.key.lane_key(ctx.tenant);
        let mut lane = tx.get_or_default::<Lane>(&key)?;
        lane.history += 1;
        tx.put(key, &lane)?;
        return Ok(lane.history);
    }

    let version =
        tx.peek::<Record>(&subject.key.key(ctx.tenant))?.map_or(0, |(_, version)| version);
    Ok(2 * version + u64::from(matches!(kind, EntryType::Information | EntryType::Merged)))
}

/// What differs, field by field.
pub(super) fn changes(before: &Record, after: &Record) -> Vec<Value> {
    let mut names: Vec<&String> = before.fields.keys().chain(after.fields.keys()).collect();
    names.sort();
    names.dedup();

    let value =
        |record: &Record, name: &str| record.fields.get(name).cloned().unwrap_or(Value::Null);

    names
        .into_iter()
        .filter(|name| value(before, name) != value(after, name))
        .map(|name| {
            json!({
                "field": name, "before": value(before, name), "after": value(after, name),
            })
        })
        .collect()
}

/// What changed, as the history has it: `before` and `after`, each with the fields that differ.
pub(super) fn differing(changes: &[Value]) -> Value {
    let side = |side: &str| -> Map<String, Value> {
        let field = |change: &Value| {
            Some((change.get("field")?.as_str()?.to_owned(), change.get(side)?.clone()))
        };
        changes.iter().filter_map(field).collect()
    };
    json!({"before": side("before"), "after": side("after")})
}

/// Which automation acts, read from the run whose step it is.
///
/// # Errors
/// What reading may say.
pub(super) fn made_by(tx: &Tx<'_>, ctx: &OpContext) -> Result<Option<MadeBy>, Halt> {
    let Some((automation, robot)) = acting(ctx) else { return Ok(None) };
    let mut by = MadeBy { automation: Some(automation), robot: Some(robot), ..MadeBy::default() };

    let Some(run) = &ctx.cause.run else { return Ok(Some(by)) };
    let Some((run, _)) = tx.peek::<Run>(&Run::key(ctx.tenant, run))? else { return Ok(Some(by)) };

    let item = tx.peek::<Record>(&run.item.key(ctx.tenant))?.map(|(item, _)| item);
    let of_item = |field: &str| {
        item.as_ref().map(|item| item.text(field).to_owned()).filter(|text| !text.is_empty())
    };

    // The stage that the run is for, since the item may have left it.
    by.pipeline = of_item("pipeline");
    by.stage = run.stage.or_else(|| of_item("stage"));
    by.run = Some(run.id);
    Ok(Some(by))
}

/// The same for an item, from what is known of it already.
fn beside(ctx: &OpContext, item: &Record) -> MadeBy {
    let Some((automation, robot)) = acting(ctx) else { return MadeBy::default() };
    let (automation, robot) = (Some(automation), Some(robot));
    let of_item = |field: &str| Some(item.text(field).to_owned()).filter(|text| !text.is_empty());

    MadeBy {
        automation,
        robot,
        pipeline: of_item("pipeline"),
        stage: of_item("stage"),
        run: ctx.cause.run.clone(),
    }
}

fn acting(ctx: &OpContext) -> Option<(String, String)> {
    match &ctx.actor {
        Actor::Automation { automation, robot } => Some((automation.clone(), robot.clone())),
        _ => None,
    }
}
