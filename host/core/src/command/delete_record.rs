//! Deletes a record, or merges it into another.

use serde_json::json;

use super::hand_over::{self, HandedOver};
use super::{Draft, attach_files, emit, history, note, records, runs, work};
use crate::context::OpContext;
use crate::model::ending::CancelReason;
use crate::model::history::EntryType;
use crate::model::job::Job;
use crate::model::record::{Record, RecordRef};
use crate::refusal::Refusal;
use crate::schema;
use crate::tx::{Halt, Tx};

/// Deletes a record: everything that waits for it is cancelled with the reason `item_deleted`.
/// Where `merge_into` names another record of the kind, that one takes over the conversation, the
/// files and, of an item, the tasks and activities. Gives the job that hands over the rest of them,
/// where they are too many for one commit.
///
/// # Errors
/// `not-found`, `record.stale`, `record.merge-into-itself`.
pub fn decide(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    target: &RecordRef,
    merge_into: Option<&str>,
    expected: Option<u64>,
) -> Result<Option<Job>, Halt> {
    fetch(tx, ctx, target, merge_into)?;
    let (before, version) = records::live(tx, ctx, target)?;
    records::check_version(expected, version)?;

    let job = match merge_into {
        Some(into) => merge(tx, ctx, &before, into)?,
        None => {
            attach_files::let_go(tx, ctx, target, None)?;
            None
        }
    };

    let mut after = before.clone();
    after.deleted_at = Some(ctx.now);
    after.updated_at = ctx.now;
    after.merged_into = merge_into.map(str::to_owned);
    tx.put(target.key(ctx.tenant), &after)?;
    records::index_phones(tx, ctx, Some(&before), &after)?;
    work::index(tx, ctx, Some(&before), &after)?;

    let text =
        merge_into.map_or_else(|| "deleted".to_owned(), |into| format!("merged into {into}"));
    history::write(tx, ctx, EntryType::Deleted, &after, text, json!({"merged_into": merge_into}))?;

    if schema::is_item(&target.kind) {
        runs::cancel_all(tx, ctx, target, CancelReason::ItemDeleted)?;
        note(tx, ctx, target, "deleted", "deleted".to_owned(), json!({"merged_into": merge_into}))?;
    }

    // To no item: for one that was deleted nothing is asked or started.
    let kind = if schema::is_item(&target.kind) { "item.deleted" } else { "record.deleted" };
    let draft = Draft {
        kind,
        subject: target.clone(),
        occurred_at: None,
        payload: json!({"merged_into": merge_into}),
    };
    emit(tx, ctx, draft, &[])?;

    Ok(job)
}

/// Asks at once for what deleting reads: there is more than a decision has rounds.
fn fetch(
    tx: &Tx<'_>,
    ctx: &OpContext,
    target: &RecordRef,
    merge_into: Option<&str>,
) -> Result<(), Halt> {
    let both = [Some(target.clone()), merge_into.map(|into| RecordRef::new(&target.kind, into))];
    let keys = both
        .iter()
        .flatten()
        .flat_map(|record| [record.key(ctx.tenant), record.lane_key(ctx.tenant)]);
    tx.want(&keys.collect::<Vec<_>>())
}

/// Has another record take over what the one that goes leaves behind.
fn merge(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    before: &Record,
    into: &str,
) -> Result<Option<Job>, Halt> {
    let from = &before.key;
    if into == from.id {
        return Err(Refusal::invalid(
            "record.merge-into-itself",
            "into",
            "name another record to merge into",
        )
        .into());
    }

    let to = RecordRef::new(&from.kind, into);
    let (survivor, _) = records::live(tx, ctx, &to)?;

    hand_over::conversation(tx, ctx, before.text("conversation"), from, &to)?;
    let HandedOver { tasks, activities, files, job } = hand_over::all(tx, ctx, from, &to)?;

    let data = json!({
        "from": from.id, "tasks": tasks, "activities": activities, "files": files,
        "job": job.as_ref().map(|job| &job.id),
    });

    let text = format!("took over {}", from.id);
    history::write(tx, ctx, EntryType::Merged, &survivor, text.clone(), data.clone())?;
    note(tx, ctx, &to, "merged", text, data)?;

    Ok(job)
}
