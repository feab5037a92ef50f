//! What conditions and templates see: the item and what is around it, read late and only where it
//! is asked for.

use crate::schema::built_in;
use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::fields_of;
use crate::context::OpContext;
use crate::directory::{self, Shown};
use crate::model::conversation::Conversation;
use crate::model::event::Event;
use crate::model::record::{Record, RecordRef};
use crate::schema;
use crate::tx::{Halt, Tx, together};
use crate::vocabulary::{Results, Vocabulary};

/// Whether something that contains this word is referred to. Saying yes too often costs a read and
/// no more.
pub(super) type Asks<'a> = &'a dyn Fn(&str) -> bool;

/// The item's field and the root of that name.
const RESPONSIBLE: &str = "responsible";

/// What may be referred to around items of a kind, the tenant's own fields included.
///
/// # Errors
/// `record.unknown-kind`, and what reading may say.
pub(super) fn vocabulary(
    tx: &Tx<'_>,
    ctx: &OpContext,
    kind: &str,
    results: Results,
) -> Result<Vocabulary, Halt> {
    // An item's contact and company are referred to as well, own fields included.
    let fields =
        [kind, built_in::CONTACT, built_in::COMPANY].map(|kind| fields_of(tx, ctx.tenant, kind));
    let fields = together(fields)?;

    Ok(Vocabulary::of(fields.iter().map(AsRef::as_ref), results))
}

/// The same for what is looked at: the tenant's own fields are read only where there are any among
/// them.
///
/// # Errors
/// As [`vocabulary`].
pub(super) fn vocabulary_for(
    tx: &Tx<'_>,
    ctx: &OpContext,
    kind: &str,
    results: Results,
    looked_at: &BTreeSet<&str>,
) -> Result<Vocabulary, Halt> {
    if looked_at.iter().any(|path| path.split('.').any(schema::is_own)) {
        return vocabulary(tx, ctx, kind, results);
    }

    Ok(Vocabulary::built_in(kind, results)?)
}

/// Gathers what is asked for of an item and its surroundings. What is not there is null.
///
/// # Errors
/// What reading may say.
pub(super) fn of_item(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    item: &Record,
    asks: Asks<'_>,
) -> Result<Map<String, Value>, Halt> {
    // None of them needs another, so all that is asked for costs one round together.
    let parts = [
        (RESPONSIBLE, asks(RESPONSIBLE).then(|| responsible(tx, ctx, item, asks))),
        ("supervisor", asks("supervisor").then(|| supervisor(tx, ctx, item, asks))),
        ("contact", asks("contact").then(|| linked(tx, ctx, item, "contact"))),
        ("company", asks("company").then(|| linked(tx, ctx, item, "company"))),
        ("conversation", asks("conversation").then(|| conversation(tx, ctx, item))),
    ];

    let found =
        together(parts.into_iter().filter_map(|(name, part)| {
            part.map(|part| part.map(|value| (name.to_owned(), value)))
        }));

    let mut facts: Map<String, Value> = found?.into_iter().collect();
    facts.insert("item".into(), item.template_view());
    facts.insert("now".into(), json!(ctx.now));
    Ok(facts)
}

/// What is seen of an event: the event with its facts beside them, and the values of the item's
/// fields before and after it. A field that the event did not change is in neither.
pub(super) fn of_event(event: &Event) -> Map<String, Value> {
    let mut seen = event.payload.clone();
    if let Value::Object(view) = event.view() {
        seen.extend(view);
    }

    let (before, after) = changes(event);
    let facts = [("event", seen), ("before", before), ("after", after)];
    facts.into_iter().map(|(name, fields)| (name.to_owned(), Value::Object(fields))).collect()
}

/// What is seen of the event that a run goes back to. Where a trigger or robot put the item on its
/// stage, that is the event it acted on, and the change of stage is added to what that one changed.
///
/// # Errors
/// What reading may say.
pub(super) fn of_cause(
    tx: &Tx<'_>,
    ctx: &OpContext,
    event: Option<&str>,
) -> Result<Map<String, Value>, Halt> {
    let find = |id: &str| {
        Ok::<_, Halt>(tx.peek::<Event>(&Event::key(ctx.tenant, id))?.map(|(event, _)| event))
    };

    let Some(entered) = event.map(find).transpose()?.flatten() else { return Ok(Map::new()) };
    let first =
        match entered.cause.event.as_deref().filter(|_| entered.kind == "item.stage_entered") {
            Some(id) => find(id)?,
            None => None,
        };

    let mut facts = of_event(first.as_ref().unwrap_or(&entered));
    let (before, after) = changes(&entered);

    for (name, stage) in [("before", before), ("after", after)] {
        if let Some(fields) = facts.get_mut(name).and_then(Value::as_object_mut) {
            fields.extend(stage);
        }
    }

    Ok(facts)
}

/// An item's fields before and after an event, those alone that it changed.
fn changes(event: &Event) -> (Map<String, Value>, Map<String, Value>) {
    let (mut before, mut after) = (Map::new(), Map::new());
    let of = |value: &Value, name: &str| value.get(name).cloned().unwrap_or(Value::Null);

    for change in event.payload.get("changes").and_then(Value::as_array).into_iter().flatten() {
        if let Some(field) = change.get("field").and_then(Value::as_str) {
            before.insert(field.to_owned(), of(change, "before"));
            after.insert(field.to_owned(), of(change, "after"));
        }
    }

    if matches!(event.kind.as_str(), "item.stage_entered" | "item.created") {
        before.insert("stage".into(), event.payload.get("from").cloned().unwrap_or(Value::Null));
        after.insert("stage".into(), event.payload.get("stage").cloned().unwrap_or(Value::Null));
    }

    (before, after)
}

fn responsible(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    item: &Record,
    asks: Asks<'_>,
) -> Result<Value, Halt> {
    let shown = Shown {
        supervisor: asks(&format!("{RESPONSIBLE}.supervisor")),
        department: asks("department_name"),
    };
    person(tx, ctx, item.text(RESPONSIBLE), shown)
}

/// The supervisor of whoever is responsible. Whose own supervisor is not looked up: that would be
/// more rounds than a decision has.
fn supervisor(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    item: &Record,
    asks: Asks<'_>,
) -> Result<Value, Halt> {
    match directory::supervisor_of(tx, ctx.tenant, item.text(RESPONSIBLE))? {
        Some(user) => {
            person(tx, ctx, &user, Shown { supervisor: false, department: asks("department_name") })
        }
        None => Ok(Value::Null),
    }
}

fn person(tx: &mut Tx<'_>, ctx: &OpContext, user: &str, shown: Shown) -> Result<Value, Halt> {
    if user.is_empty() || directory::user_record(tx, ctx.tenant, user)?.is_none() {
        return Ok(Value::Null);
    }
    directory::profile_with(tx, ctx.tenant, user, shown)
}

/// The record that a field of the item leads to, which is named like its kind.
fn linked(tx: &mut Tx<'_>, ctx: &OpContext, item: &Record, kind: &str) -> Result<Value, Halt> {
    let id = item.text(kind);
    if id.is_empty() {
        return Ok(Value::Null);
    }

    let found = tx
        .peek::<Record>(&RecordRef::new(kind, id).key(ctx.tenant))?
        .filter(|(record, _)| record.deleted_at.is_none());
    Ok(found.map_or(Value::Null, |(record, _)| record.template_view()))
}

fn conversation(tx: &mut Tx<'_>, ctx: &OpContext, item: &Record) -> Result<Value, Halt> {
    let id = item.text("conversation");
    if id.is_empty() {
        return Ok(Value::Null);
    }

    let found = tx.peek::<Conversation>(&Conversation::key(ctx.tenant, id))?;
    Ok(found.map_or(Value::Null, |(found, _)| {
        json!({
            "id": found.id, "address": found.address, "display_name": found.display_name,
            "channel": found.channel, "last_client_message_at": found.last_client_message_at,
        })
    }))
}
