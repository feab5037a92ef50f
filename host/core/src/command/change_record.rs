//! Changes fields of a record.

use serde_json::{Map, Value, json};

use super::{Draft, departments, emit, history, note, records, runs, tenant, work};
use crate::context::OpContext;
use crate::model::history::EntryType;
use crate::model::record::{Record, RecordRef};
use crate::refusal::Refusal;
use crate::schema;
use crate::tx::{Halt, Tx};

/// Changes the fields that are given, `null` removing one, and gives the record with its version. A
/// change that changes nothing is no event. Where a date that waiting robots count from changes,
/// they move with it in this commit.
///
/// # Errors
/// As for creating, `record.use-move` for the stage, `record.stale` where `expected` is not the
/// current version, `department.cycle`, `department.too-deep`.
pub fn decide(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    target: &RecordRef,
    written: &Map<String, Value>,
    expected: Option<u64>,
) -> Result<(Record, u64), Halt> {
    let known = records::fields_for(tx, ctx, &target.kind, written, Some(target.key(ctx.tenant)));
    let known = known.map_err(records::unknown_is_not_found)?;
    let tenant = tenant(tx, ctx)?;

    let (before, version) = records::live(tx, ctx, target)?;
    records::check_version(expected, version)?;

    let clean = schema::clean(&target.kind, &known, written, &tenant.country)?;
    // Fields that stay as they are pass, so that a client may send a whole record back.
    for field in ["stage", "pipeline"] {
        if clean.get(field).is_some_and(|value| before.fields.get(field) != Some(value)) {
            let message =
                format!("`{field}` changes by POST /v1/records/{}/{}/move", target.kind, target.id);
            return Err(
                Refusal::invalid("record.use-move", format!("fields.{field}"), message).into()
            );
        }
    }

    let mut after = before.clone();
    for (name, value) in clean {
        if value.is_null() {
            after.fields.remove(&name)
        } else {
            after.fields.insert(name, value)
        };
    }

    work::stamp(&target.kind, &mut after.fields, ctx.now);
    // Before the checks below: a change that changes nothing is not refused.
    let changes = history::changes(&before, &after);
    if changes.is_empty() {
        return Ok((before, version));
    }

    // A field that was made required after the record was created is asked for only where somebody
    // writes it.
    let held = |field: &&schema::Field| {
        schema::has(&before.fields, &field.name) || written.contains_key(&*field.name)
    };
    schema::complete(&target.kind, known.iter().filter(held), &after.fields)?;

    records::check_links(tx, ctx, &known, &before.fields, &after.fields)?;
    records::check_sense(&target.kind, &after.fields)?;
    departments::check(tx, ctx, Some(&before), &after)?;

    after.updated_at = ctx.now;
    // Before the history, which numbers the entries of all but items by the record's version.
    let version = tx.put(target.key(ctx.tenant), &after)?;
    records::index_phones(tx, ctx, Some(&before), &after)?;
    work::index(tx, ctx, Some(&before), &after)?;

    announce(tx, ctx, &before, &after, &changes)?;
    Ok((after, version))
}

fn announce(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    before: &Record,
    after: &Record,
    changes: &[Value],
) -> Result<(), Halt> {
    let names: Vec<&str> =
        changes.iter().filter_map(|change| change.get("field").and_then(Value::as_str)).collect();
    let subject = after.key.clone();

    let text = format!("changed {}", names.join(", "));
    history::write(tx, ctx, EntryType::Changed, after, text.clone(), history::differing(changes))?;

    if work::is_work(&subject.kind) {
        return work::announce_changed(tx, ctx, before, after, changes);
    }

    let payload = json!({ "changes": changes });
    if !schema::is_item(&subject.kind) {
        emit(tx, ctx, Draft { kind: "record.changed", subject, occurred_at: None, payload }, &[])?;
        return Ok(());
    }

    let moved: Vec<&str> = names.iter().copied().chain(["updated_at"]).collect();
    runs::reschedule(tx, ctx, after, &moved)?;
    note(tx, ctx, &subject, "changed", text, json!({ "changes": changes }))?;

    let items = [subject.clone()];
    emit(tx, ctx, Draft { kind: "item.changed", subject, occurred_at: None, payload }, &items)?;
    Ok(())
}
