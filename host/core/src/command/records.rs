//! What the commands on records share.

use crate::schema::built_in;
use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::context::OpContext;
use crate::id::TenantId;
use crate::key::Key;
use crate::model::calendar::Calendar;
use crate::model::conversation::Conversation;
use crate::model::group::Group;
use crate::model::kind::Kind;
use crate::model::record::{IndexEntry, Record, RecordRef, by_phone, by_phone_entry};
use crate::model::tenant::Tenant;
use crate::refusal::{Reason, Refusal, RefusalKind};
use crate::schema::{self, Field, FieldType};
use crate::time::Timestamp;
use crate::tx::{Halt, Tx};

/// The command's tenant.
///
/// # Errors
/// `not-found`, and what reading may say.
pub fn tenant(tx: &Tx<'_>, ctx: &OpContext) -> Result<Tenant, Halt> {
    let found = tx.peek::<Tenant>(&Tenant::key(ctx.tenant))?;
    Ok(found.map(|(tenant, _)| tenant).ok_or_else(|| Refusal::not_found("tenant"))?)
}

/// The fields of a kind, those that the tenant added included.
///
/// # Errors
/// `record.unknown-kind`, and what reading may say.
pub fn fields_of(tx: &Tx<'_>, tenant: TenantId, kind: &str) -> Result<Cow<'static, [Field]>, Halt> {
    let built_in = schema::fields(kind)?;

    match tx.peek::<Kind>(&Kind::key(tenant, kind))? {
        Some((own, _)) => Ok(built_in.iter().cloned().chain(own.own_fields()).collect()),
        None if schema::is_own(kind) => Err(schema::unknown_kind(kind).into()),
        None => Ok(Cow::Borrowed(built_in)),
    }
}

/// The fields that checking `written` needs: the tenant's own ones are read only where the kind or
/// a field is one of them. Asks for the tenant and the rows `also` in the same round.
pub(super) fn fields_for(
    tx: &Tx<'_>,
    ctx: &OpContext,
    kind: &str,
    written: &Map<String, Value>,
    also: Option<Key>,
) -> Result<Cow<'static, [Field]>, Halt> {
    let built_in = schema::fields(kind)?;
    let own = schema::is_own(kind) || written.keys().any(|name| schema::is_own(name));

    let mut keys = vec![Tenant::key(ctx.tenant)];
    keys.extend(also);
    keys.extend(own.then(|| Kind::key(ctx.tenant, kind)));
    tx.want(&keys)?;

    if own { fields_of(tx, ctx.tenant, kind) } else { Ok(Cow::Borrowed(built_in)) }
}

/// What a record is called.
pub(super) fn title(record: &Record) -> &str {
    let named = ["title", "name", "subject"]
        .into_iter()
        .map(|field| record.text(field))
        .find(|text| !text.is_empty());

    named.unwrap_or(&record.key.id)
}

/// Refuses fields that make no sense together.
pub(super) fn check_sense(kind: &str, fields: &Map<String, Value>) -> Result<(), Refusal> {
    let moment = |name: &str| {
        fields.get(name).and_then(Value::as_str).and_then(|text| text.parse::<Timestamp>().ok())
    };

    match (kind, moment("absent_from"), moment("absent_until")) {
        (built_in::USER, Some(from), Some(until)) if until <= from => {
            let message = "an absence ends after it begins; correct one of the two moments";
            Err(Refusal::invalid("record.wrong-order", "fields.absent_until", message))
        }
        _ => Ok(()),
    }
}

/// A record of a kind that is not known is a record that is not there.
pub(super) fn unknown_is_not_found(halt: Halt) -> Halt {
    match halt {
        Halt::Refused(Refusal { reason: Some(Reason::UnknownKind), .. }) => {
            Refusal::not_found("record").into()
        }
        other => other,
    }
}

/// A record that is there and not deleted, with its version as a precondition.
pub(super) fn live(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    target: &RecordRef,
) -> Result<(Record, u64), Halt> {
    schema::fields(&target.kind).map_err(|_unknown| Refusal::not_found("record"))?;
    let (record, version) = tx.require::<Record>(&target.key(ctx.tenant))?;
    if record.deleted_at.is_some() {
        return Err(Refusal::not_found("record").into());
    }

    Ok((record, version))
}

/// Refuses when the client named another version than the current one; 0 is none at all.
///
/// # Errors
/// `record.stale`.
pub fn check_version(expected: Option<u64>, current: u64) -> Result<(), Halt> {
    match expected {
        Some(expected) if expected != current => {
            let message = format!(
                "the record is at version {current}, not {expected}; read it again and repeat the \
                 change"
            );
            Err(Refusal::new(RefusalKind::Stale, "record.stale", message).into())
        }
        _ => Ok(()),
    }
}

/// Checks that what `after` points to exists, as far as `before` did not point there already: a
/// list with somebody in it who has left since can still be changed.
pub(super) fn check_links(
    tx: &Tx<'_>,
    ctx: &OpContext,
    known: &[Field],
    before: &Map<String, Value>,
    after: &Map<String, Value>,
) -> Result<(), Halt> {
    let new = |field: &Field| {
        let had: Vec<RecordRef> = links(field, before).into_iter().map(|(to, _)| to).collect();
        links(field, after).into_iter().filter(move |(to, _)| !had.contains(to))
    };

    let links: Vec<(RecordRef, String)> = known.iter().flat_map(new).collect();
    // All at once: a list of links may be longer than a decision has rounds.
    tx.want(&links.iter().map(|(to, _)| link_key(ctx, to)).collect::<Vec<_>>())?;
    links.iter().try_for_each(|(to, path)| require_link(tx, ctx, &to.kind, &to.id, path))
}

/// What one field points to, each with its path.
fn links(field: &Field, fields: &Map<String, Value>) -> Vec<(RecordRef, String)> {
    let path = format!("fields.{}", field.name);
    let value = fields.get(&*field.name);
    let list = || value.and_then(Value::as_array).into_iter().flatten();
    let to_item = |value: &Value| serde_json::from_value::<RecordRef>(value.clone()).ok();

    match &field.holds {
        FieldType::Link(to) => {
            let id = value.and_then(Value::as_str).filter(|id| !id.is_empty());
            id.map(|id| (RecordRef::new(to, id), path)).into_iter().collect()
        }
        FieldType::Links(to) => list()
            .filter_map(Value::as_str)
            .map(|id| (RecordRef::new(to, id), path.clone()))
            .collect(),
        FieldType::Ref => value.and_then(to_item).map(|to| (to, path)).into_iter().collect(),
        FieldType::Refs => list()
            .filter_map(to_item)
            .enumerate()
            .map(|(at, to)| (to, format!("{path}[{at}]")))
            .collect(),
        _ => Vec::new(),
    }
}

/// The row that a link leads to.
fn link_key(ctx: &OpContext, to: &RecordRef) -> Key {
    match to.kind.as_str() {
        built_in::CONVERSATION => Conversation::key(ctx.tenant, &to.id),
        "calendar" => Calendar::key(ctx.tenant, &to.id),
        "group" => Group::key(ctx.tenant, &to.id),
        _ => to.key(ctx.tenant),
    }
}

/// Refuses a link to something that does not exist; an employee must be active too.
///
/// # Errors
/// `record.dangling-link` or `record.inactive-user`, and what reading may say.
pub fn require_link(
    tx: &Tx<'_>,
    ctx: &OpContext,
    kind: &str,
    id: &str,
    path: &str,
) -> Result<(), Halt> {
    let dangling = || {
        Refusal::invalid(
            "record.dangling-link",
            path,
            format!("there is no {kind} `{id}`; create it first"),
        )
    };

    let key = link_key(ctx, &RecordRef::new(kind, id));
    // Peeks: what a link leads to may be deleted later too, and whoever follows a link is prepared
    // for that.
    let set_up = match kind {
        built_in::CONVERSATION => Some(tx.peek::<Conversation>(&key)?.is_some()),
        "calendar" => Some(tx.peek::<Calendar>(&key)?.is_some()),
        "group" => Some(tx.peek::<Group>(&key)?.is_some()),
        _ => None,
    };
    if let Some(found) = set_up {
        return if found { Ok(()) } else { Err(dangling().into()) };
    }

    let found = tx.peek::<Record>(&key)?;
    let record = found
        .map(|(record, _)| record)
        .filter(|record| record.deleted_at.is_none())
        .ok_or_else(dangling)?;

    if kind == built_in::USER && !record.is_on("active") {
        let message = format!("employee `{id}` is deactivated; choose somebody who works here");
        return Err(Refusal::invalid("record.inactive-user", path, message).into());
    }

    Ok(())
}

/// The phone numbers of a record, as they are indexed.
fn phones(record: &Record) -> Vec<String> {
    let mut phones = record.texts("phones");
    phones.extend(["mobile", "work"].map(|field| record.text(field).to_owned()));
    phones.retain(|phone| !phone.is_empty());
    phones.sort();
    phones.dedup();
    phones
}

/// Brings the phone index from what `before` had to what `after` has.
pub(super) fn index_phones(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    before: Option<&Record>,
    after: &Record,
) -> Result<(), Halt> {
    let old = before.filter(|record| record.deleted_at.is_none()).map(phones).unwrap_or_default();
    let new = if after.deleted_at.is_none() { phones(after) } else { Vec::new() };

    let entry = |phone: &str| {
        let range = by_phone(ctx.tenant, &after.key.kind, phone);
        (range, by_phone_entry(ctx.tenant, &after.key, after.created_at, phone))
    };

    // Only what differs is written: each entry bumps a guard, and whoever asks who has a phone
    // decides on that range.
    for phone in old.iter().filter(|phone| !new.contains(phone)) {
        let (range, key) = entry(phone);
        tx.delete_indexed(&range, key);
    }

    for phone in new.iter().filter(|phone| !old.contains(phone)) {
        let (range, key) = entry(phone);
        tx.put_indexed(&range, key, &IndexEntry { id: after.key.id.clone() })?;
    }

    Ok(())
}
