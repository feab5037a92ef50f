//! Deletes a record, or merges it into another.

use serde_json::json;

use super::{Draft, emit, history, note, records, runs, work};
use crate::context::OpContext;
use crate::model::conversation::Conversation;
use crate::model::history::EntryType;
use crate::model::record::RecordRef;
use crate::refusal::Refusal;
use crate::schema;
use crate::tx::{Halt, Tx};

/// Deletes a record: everything that waits for it is cancelled with the reason `item_deleted`. Where `merge_into` names another
/// record of the kind, that one takes over the conversation.
///
/// # Errors
/// `not-found`, `record.stale`, `record.merge-into-itself`.
pub fn decide(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    target: &RecordRef,
    merge_into: Option<&str>,
    expected: Option<u64>,
) -> Result<(), Halt> {
    let (before, version) = records::live(tx, ctx, target)?;
    records::check_version(expected, version)?;
    if let Some(into) = merge_into {
        if into == target.id {
            return Err(Refusal::invalid("record.merge-into-itself", "into", "name another record to merge into").into());
        }
        let other = RecordRef::new(&target.kind, into);
        let (survivor, _) = records::live(tx, ctx, &other)?;
        let text = format!("took over {}", target.id);
        history::write(tx, ctx, EntryType::Merged, &survivor, text, json!({"from": target.id}))?;
        hand_over_conversation(tx, ctx, before.text("conversation"), target, &other)?;
        note(tx, ctx, &other, "merged", format!("took over {}", target.id), json!({"from": target.id}))?;
    }
    let mut after = before.clone();
    after.deleted_at = Some(ctx.now);
    after.updated_at = ctx.now;
    after.merged_into = merge_into.map(str::to_owned);
    tx.put(target.key(ctx.tenant), &after)?;
    records::index_phones(tx, ctx, Some(&before), &after)?;
    work::index(tx, ctx, Some(&before), &after)?;
    let text = merge_into.map_or_else(|| "deleted".to_owned(), |into| format!("merged into {into}"));
    history::write(tx, ctx, EntryType::Deleted, &after, text, json!({"merged_into": merge_into}))?;
    if schema::is_item(&target.kind) {
        runs::cancel_all(tx, ctx, target, "item_deleted")?;
        note(tx, ctx, target, "deleted", "deleted".to_owned(), json!({"merged_into": merge_into}))?;
    }
    let kind = if schema::is_item(&target.kind) { "item.deleted" } else { "record.deleted" };
    let draft = Draft { kind, subject: target.clone(), occurred_at: None, payload: json!({"merged_into": merge_into}) };
    emit(tx, ctx, draft, &[])?;
    Ok(())
}

fn hand_over_conversation(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    conversation: &str,
    from: &RecordRef,
    to: &RecordRef,
) -> Result<(), Halt> {
    if conversation.is_empty() {
        return Ok(());
    }
    let key = Conversation::key(ctx.tenant, conversation);
    if let Some((mut found, _)) = tx.get::<Conversation>(&key)?
        && found.session.item.as_ref() == Some(from)
    {
        found.session.item = Some(to.clone());
        tx.put(key, &found)?;
    }
    Ok(())
}
