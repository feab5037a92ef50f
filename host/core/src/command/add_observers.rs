//! Adds observers to a record.

use crate::schema::built_in;
use serde_json::json;

use super::{Draft, emit, history, note, records, runs};
use crate::context::OpContext;
use crate::directory;
use crate::limits::LIST_MAX;
use crate::model::history::EntryType;
use crate::model::record::RecordRef;
use crate::refusal::Refusal;
use crate::schema;
use crate::tx::{Halt, Tx};

/// Adds observers and gives those who were none before. Somebody who is one already is no error and
/// no change.
///
/// # Errors
/// `not-found`, `record.not-an-item`, `record.dangling-link`, `record.inactive-user`,
/// `record.too-long`.
pub fn decide(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    target: &RecordRef,
    users: &[String],
) -> Result<Vec<String>, Halt> {
    if !schema::is_item(&target.kind) {
        let message = format!(
            "a {} has no observers; only leads, deals and items of own kinds do",
            target.kind
        );
        return Err(Refusal::invalid("record.not-an-item", "kind", message).into());
    }

    let (mut item, _) = records::live(tx, ctx, target)?;
    let before = item.texts("observers");
    // All at once: there may be more of them than a decision has rounds.
    tx.want(
        &users
            .iter()
            .map(|user| RecordRef::new(built_in::USER, user).key(ctx.tenant))
            .collect::<Vec<_>>(),
    )?;

    let mut observers = before.clone();
    for user in users {
        records::require_link(tx, ctx, built_in::USER, user, "users")?;
        if !observers.contains(user) {
            observers.push(user.clone());
        }
    }

    if observers.len() > LIST_MAX {
        return Err(Refusal::invalid(
            "record.too-long",
            "observers",
            format!("{LIST_MAX} observers are allowed"),
        )
        .into());
    }

    let added = observers.split_off(before.len());
    if added.is_empty() {
        return Ok(added);
    }
    let all: Vec<&String> = before.iter().chain(&added).collect();

    item.fields.insert("observers".into(), json!(all));
    item.updated_at = ctx.now;
    tx.put(target.key(ctx.tenant), &item)?;
    runs::reschedule(tx, ctx, &item, &["observers", "updated_at"])?;

    let names = names(tx, ctx, &added)?;
    let text = format!("observers added: {names}");
    let differing = json!({"before": {"observers": before}, "after": {"observers": all}});
    history::write(tx, ctx, EntryType::Changed, &item, text.clone(), differing)?;
    note(tx, ctx, target, "observer_added", text, json!({"users": added}))?;

    let payload = json!({"changes": [{"field": "observers", "before": before, "after": all}]});
    let draft = Draft { kind: "item.changed", subject: target.clone(), occurred_at: None, payload };
    emit(tx, ctx, draft, std::slice::from_ref(target))?;

    Ok(added)
}

/// The users' names, for people.
///
/// # Errors
/// What reading may say.
pub fn names(tx: &mut Tx<'_>, ctx: &OpContext, users: &[String]) -> Result<String, Halt> {
    let mut names = Vec::new();
    for user in users {
        let found = directory::user_record(tx, ctx.tenant, user)?;
        names.push(found.map_or_else(|| user.clone(), |record| record.text("name").to_owned()));
    }

    Ok(names.join(", "))
}
