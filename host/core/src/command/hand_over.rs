//! What a record that is merged into another one leaves behind: its files, tasks and activities go
//! to the one that stays.

use super::{attach_files, job, work};
use crate::context::OpContext;
use crate::limits::HAND_OVER_MAX;
use crate::model::conversation::Conversation;
use crate::model::file::File;
use crate::model::job::{Job, Work};
use crate::model::record::{IndexEntry, Record, RecordRef, linked_to};
use crate::read::Range;
use crate::schema::built_in;
use crate::tx::{Halt, Tx, together};

/// What was handed over.
#[derive(Debug, Default)]
pub(super) struct HandedOver {
    /// How many tasks.
    pub(super) tasks: usize,
    /// How many activities.
    pub(super) activities: usize,
    /// How many files.
    pub(super) files: usize,
    /// The job that hands over the rest, where there is more than goes into one commit.
    pub(super) job: Option<Job>,
}

/// Hands over what hangs on `from`, of each kind as much as goes into one commit; a job does the
/// rest.
pub(super) fn all(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    from: &RecordRef,
    to: &RecordRef,
) -> Result<HandedOver, Halt> {
    // The files of `to` are not looked at here; `let_go` below wants to know whether there is room.
    let lists = [
        attach_files::files_of(tx, ctx.tenant, from),
        attach_files::files_of(tx, ctx.tenant, to),
        linked(tx, ctx, built_in::TASK, from),
        linked(tx, ctx, built_in::ACTIVITY, from),
    ];
    let lists = together(lists)?;
    let [files, _, tasks, activities] = lists.as_slice() else { return Ok(HandedOver::default()) };

    let rows = |kind: &str, ids: &[String]| {
        ids.iter().map(|id| RecordRef::new(kind, id).key(ctx.tenant)).collect::<Vec<_>>()
    };
    let files = files.iter().map(|id| File::key(ctx.tenant, id)).collect();
    tx.want(&[rows(built_in::TASK, tasks), rows(built_in::ACTIVITY, activities), files].concat())?;

    let mut handed = HandedOver {
        files: attach_files::let_go(tx, ctx, from, Some(to))?,
        ..HandedOver::default()
    };

    for (kind, ids, count) in [
        (built_in::TASK, tasks, &mut handed.tasks),
        (built_in::ACTIVITY, activities, &mut handed.activities),
    ] {
        for id in ids.iter().take(HAND_OVER_MAX) {
            *count += usize::from(one(tx, ctx, &RecordRef::new(kind, id), from, to)?);
        }
    }

    if tasks.len() > HAND_OVER_MAX || activities.len() > HAND_OVER_MAX {
        let work = Work::HandOver { from: from.clone(), to: to.clone() };
        handed.job = Some(job::start(tx, ctx, &Job::handing_over(from), work)?);
    }

    Ok(handed)
}

/// Links one task or activity to `to` instead of `from`. Gives whether it was linked there.
pub(super) fn one(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    what: &RecordRef,
    from: &RecordRef,
    to: &RecordRef,
) -> Result<bool, Halt> {
    let found = tx.get::<Record>(&what.key(ctx.tenant))?.map(|(record, _)| record);
    let Some(before) =
        found.filter(|found| found.deleted_at.is_none() && work::items(found).contains(from))
    else {
        return Ok(false);
    };

    work::relink(tx, ctx, &before, from, to)?;
    Ok(true)
}

/// Has the session of a conversation go on with the item that stays.
pub(super) fn conversation(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    id: &str,
    from: &RecordRef,
    to: &RecordRef,
) -> Result<(), Halt> {
    if id.is_empty() {
        return Ok(());
    }

    let key = Conversation::key(ctx.tenant, id);
    // A session that goes on with another item is left alone.
    if let Some((mut found, _)) = tx.get::<Conversation>(&key)?
        && found.session.item.as_ref() == Some(from)
    {
        found.session.item = Some(to.clone());
        tx.put(key, &found)?;
    }
    Ok(())
}

/// The tasks or activities of an item, one more than one commit hands over where there are so many.
fn linked(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    kind: &str,
    item: &RecordRef,
) -> Result<Vec<String>, Halt> {
    let range = Range::first(linked_to(ctx.tenant, kind, item), HAND_OVER_MAX + 1);
    Ok(tx.range::<IndexEntry>(&range)?.into_iter().map(|(_, entry)| entry.id).collect())
}
