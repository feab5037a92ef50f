//! Completes the tasks that robots made for an item.

use super::{records, work};
use crate::context::{Actor, OpContext};
use crate::limits::TASKS_READ_MAX;
use crate::model::history::MadeBy;
use crate::model::record::{IndexEntry, Record, RecordRef, linked_to};
use crate::model::run::Run;
use crate::read::Range;
use crate::refusal::Refusal;
use crate::schema::built_in;
use crate::tx::{Halt, Tx};

/// Which tasks.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Which {
    /// Only those made in this pipeline.
    pub pipeline: Option<String>,
    /// Only those made on one of these stages; every stage where there are none.
    pub stages: Vec<String>,
}

impl Which {
    fn holds(&self, by: &MadeBy) -> bool {
        let in_pipeline =
            self.pipeline.as_ref().is_none_or(|pipeline| by.pipeline.as_ref() == Some(pipeline));
        in_pipeline
            && (self.stages.is_empty()
                || by.stage.as_ref().is_some_and(|stage| self.stages.contains(stage)))
    }
}

/// Completes the tasks that are linked to `item`, that another robot made, that `which` names and
/// that are neither completed nor declined, and gives their ids. Each is noted on the timeline; the
/// automations of the item that the acting robot works for are not told.
///
/// # Errors
/// `not-found`, `task.too-many` where more than [`TASKS_READ_MAX`] tasks are linked to the item,
/// and what reading may say.
pub fn decide(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    item: &RecordRef,
    which: &Which,
) -> Result<Vec<String>, Halt> {
    records::live(tx, ctx, item)?;

    let linked = tx.range::<IndexEntry>(&Range::first(
        linked_to(ctx.tenant, built_in::TASK, item),
        TASKS_READ_MAX + 1,
    ))?;
    if linked.len() > TASKS_READ_MAX {
        let message = format!(
            "more than {TASKS_READ_MAX} tasks are linked to this item; delete or unlink old ones \
             first"
        );
        return Err(Refusal::conflict("task.too-many", message).into());
    }

    let tasks: Vec<RecordRef> =
        linked.iter().map(|(_, entry)| RecordRef::new(built_in::TASK, &entry.id)).collect();
    // All at once: there may be more tasks than a decision has rounds.
    tx.want(&tasks.iter().map(|task| task.key(ctx.tenant)).collect::<Vec<_>>())?;
    let mut chosen = Vec::new();
    for task in tasks {
        // A peek: a task becomes a precondition where it is completed, and the others may change as
        // they like.
        if let Some((found, _)) = tx.peek::<Record>(&task.key(ctx.tenant))?
            && is_meant(ctx, &found, which)
        {
            chosen.push(found);
        }
    }

    fetch_around(tx, ctx, &chosen)?;
    for task in &chosen {
        work::set_status(tx, ctx, &task.key, "completed")?;
    }

    Ok(chosen.into_iter().map(|task| task.key.id).collect())
}

fn is_meant(ctx: &OpContext, task: &Record, which: &Which) -> bool {
    let by: Option<MadeBy> =
        task.fields.get("made_by").and_then(|by| serde_json::from_value(by.clone()).ok());
    let Some(by) = by.filter(|_| task.deleted_at.is_none() && !is_over(task.text("status"))) else {
        return false;
    };

    let own = matches!(&ctx.actor, Actor::Automation { automation, robot }
        if by.automation.as_ref() == Some(automation) && by.robot.as_ref() == Some(robot));
    !own && which.holds(&by)
}

/// Whether a person has decided on the task: what was declined stays so. What is deferred is still
/// to be done.
fn is_over(status: &str) -> bool {
    matches!(status, "completed" | "declined")
}

/// Asks at once for what completing them reads: there may be more tasks than a decision has rounds.
fn fetch_around(tx: &Tx<'_>, ctx: &OpContext, tasks: &[Record]) -> Result<(), Halt> {
    let mut keys: Vec<_> =
        tasks.iter().flat_map(work::items).map(|item| item.lane_key(ctx.tenant)).collect();
    keys.extend(ctx.cause.run.as_ref().map(|run| Run::key(ctx.tenant, run)));
    tx.want(&keys)
}
