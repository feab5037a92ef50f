//! What the commands on records share.

use serde_json::{Map, Value};

use crate::context::OpContext;
use crate::key::Key;
use crate::model::calendar::Calendar;
use crate::model::conversation::Conversation;
use crate::model::record::{IndexEntry, Record, RecordRef, by_phone, by_phone_entry};
use crate::model::tenant::Tenant;
use crate::refusal::{Refusal, RefusalKind};
use crate::schema::{self, FieldType};
use crate::tx::{Halt, Tx};

/// The command's tenant.
///
/// # Errors
/// `not-found`, and what reading may say.
pub fn tenant(tx: &Tx<'_>, ctx: &OpContext) -> Result<Tenant, Halt> {
    let found = tx.peek::<Tenant>(&Tenant::key(ctx.tenant))?;
    Ok(found.map(|(tenant, _)| tenant).ok_or_else(|| Refusal::not_found("tenant"))?)
}

/// A record that is there and not deleted, with its version as a precondition.
pub(super) fn live(tx: &mut Tx<'_>, ctx: &OpContext, target: &RecordRef) -> Result<(Record, u64), Halt> {
    schema::fields(&target.kind).map_err(|_unknown| Refusal::not_found("record"))?;
    let (record, version) = tx.require::<Record>(&target.key(ctx.tenant))?;
    if record.deleted_at.is_some() {
        return Err(Refusal::not_found("record").into());
    }
    Ok((record, version))
}

/// Refuses when the client named another version than the current one.
pub(super) fn check_version(expected: Option<u64>, current: u64) -> Result<(), Halt> {
    match expected {
        Some(expected) if expected != current => {
            let message = format!("the record is at version {current}, not {expected}; read it again and repeat the change");
            Err(Refusal::new(RefusalKind::Stale, "record.stale", message).into())
        }
        _ => Ok(()),
    }
}

/// Checks that the records that `fields` point to exist.
pub(super) fn check_links(tx: &mut Tx<'_>, ctx: &OpContext, kind: &str, fields: &Map<String, Value>) -> Result<(), Halt> {
    // All at once: a list of links may be longer than a decision has rounds.
    tx.want(&linked(ctx, kind, fields)?)?;
    for field in schema::fields(kind)? {
        let path = || format!("fields.{}", field.name);
        match (field.holds, fields.get(field.name)) {
            (FieldType::Link(to), Some(Value::String(id))) if !id.is_empty() => require_link(tx, ctx, to, id, &path())?,
            (FieldType::Links(to), Some(Value::Array(ids))) => {
                for id in ids.iter().filter_map(Value::as_str) {
                    require_link(tx, ctx, to, id, &path())?;
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// The rows that `fields` point to.
fn linked(ctx: &OpContext, kind: &str, fields: &Map<String, Value>) -> Result<Vec<Key>, Refusal> {
    let mut keys = Vec::new();
    for field in schema::fields(kind)? {
        let (FieldType::Link(to) | FieldType::Links(to)) = field.holds else { continue };
        let ids = match fields.get(field.name) {
            Some(Value::String(id)) => vec![id.as_str()],
            Some(Value::Array(ids)) => ids.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        keys.extend(ids.into_iter().filter(|id| !id.is_empty()).map(|id| match to {
            "conversation" => Conversation::key(ctx.tenant, id),
            _ => RecordRef::new(to, id).key(ctx.tenant),
        }));
    }
    Ok(keys)
}

/// Refuses a link to something that does not exist; an employee must be active too.
///
/// # Errors
/// `record.dangling-link` or `record.inactive-user`, and what reading may say.
pub fn require_link(tx: &Tx<'_>, ctx: &OpContext, kind: &str, id: &str, path: &str) -> Result<(), Halt> {
    let dangling = || Refusal::invalid("record.dangling-link", path, format!("there is no {kind} `{id}`; create it first"));
    if kind == "conversation" {
        let found = tx.peek::<Conversation>(&Conversation::key(ctx.tenant, id))?;
        return if found.is_some() { Ok(()) } else { Err(dangling().into()) };
    }
    if kind == "calendar" {
        let found = tx.peek::<Calendar>(&Calendar::key(ctx.tenant, id))?;
        return if found.is_some() { Ok(()) } else { Err(dangling().into()) };
    }
    let found = tx.peek::<Record>(&RecordRef::new(kind, id).key(ctx.tenant))?;
    let record = found.map(|(record, _)| record).filter(|record| record.deleted_at.is_none()).ok_or_else(dangling)?;
    if kind == "user" && !record.is_on("active") {
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
pub(super) fn index_phones(tx: &mut Tx<'_>, ctx: &OpContext, before: Option<&Record>, after: &Record) -> Result<(), Halt> {
    let old = before.filter(|record| record.deleted_at.is_none()).map(phones).unwrap_or_default();
    let new = if after.deleted_at.is_none() { phones(after) } else { Vec::new() };
    let entry = |phone: &str| {
        let range = by_phone(ctx.tenant, &after.key.kind, phone);
        (range, by_phone_entry(ctx.tenant, &after.key, after.created_at, phone))
    };
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
