//! Applies an automation to the items that stand on its stage already.

use super::page::{Batch, One, record_page};
use super::start::start;
use crate::command::fetch;
use crate::command::runs;
use crate::context::OpContext;
use crate::model::automation::{Automation, AutomationVersion};
use crate::model::job::{Job, Work};
use crate::model::record::{IndexEntry, Lane, Record, RecordRef};
use crate::model::run::Run;
use crate::read::Range;
use crate::refusal::Refusal;
use crate::tx::{Halt, Tx};

/// Runs of an item that are looked through for one of this automation. Only robots that were
/// invoked one by one since the item came to the stage can be so many.
const RUNS_MAX: usize = 200;

/// An automation that can be applied: what is published, and where it stands.
#[derive(Clone, PartialEq, Debug)]
pub struct Applicable {
    /// The automation as it is published.
    pub version: AutomationVersion,
}

impl Applicable {
    /// Whether an item stands on the automation's stage.
    #[must_use]
    pub fn has(&self, item: &Record) -> bool {
        let automation = &self.version.automation;
        let here =
            item.text("pipeline") == automation.pipeline && item.text("stage") == automation.stage;
        here && item.key.kind == automation.kind && item.deleted_at.is_none()
    }
}

/// The published version of an automation that has robots.
///
/// # Errors
/// `not-found`, `automation.nothing-to-apply`.
pub fn applicable(tx: &mut Tx<'_>, ctx: &OpContext, id: &str) -> Result<Applicable, Halt> {
    let (draft, _) = tx.require::<Automation>(&Automation::key(ctx.tenant, id))?;

    let found = match draft.published {
        Some(published) => {
            tx.peek::<AutomationVersion>(&AutomationVersion::key(ctx.tenant, id, published))?
        }
        None => None,
    };

    let found =
        found.map(|(version, _)| version).filter(|version| !version.automation.robots.is_empty());

    let message = format!("automation `{id}` has no published robots; publish it first");
    let version = found.ok_or_else(|| Refusal::conflict("automation.nothing-to-apply", message))?;
    Ok(Applicable { version })
}

/// Starts the job that applies an automation to the items that stand on its stage already.
///
/// # Errors
/// `not-found`, `automation.nothing-to-apply`.
pub fn apply(tx: &mut Tx<'_>, ctx: &OpContext, automation: &str) -> Result<Job, Halt> {
    let kind = applicable(tx, ctx, automation)?.version.automation.kind;
    let id = tx.new_id(ctx, "job");
    start(tx, ctx, &id, Work::Apply { automation: automation.to_owned(), kind })
}

/// The next page of items, and those of it that stand on the stage.
pub(super) fn page(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    (automation, kind): (&str, &str),
    after: Option<&str>,
) -> Result<Batch, Halt> {
    // What is not published any more is applied to nobody.
    let found = match applicable(tx, ctx, automation) {
        Ok(found) => found,
        Err(Halt::Refused(_)) => return Ok(Batch::default()),
        Err(other) => return Err(other),
    };

    record_page(tx, ctx, kind, after, |item| found.has(item))
}

/// Whether the automation has not started for an item since it came to the stage.
///
/// # Errors
/// What reading may say.
pub fn is_without(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    automation: &str,
    item: &Record,
) -> Result<bool, Halt> {
    let range = Range::last(Run::of_item(ctx.tenant, &item.key), RUNS_MAX);
    let ids: Vec<String> =
        tx.range::<IndexEntry>(&range)?.into_iter().map(|(_, entry)| entry.id).collect();
    tx.want(&ids.iter().map(|id| Run::key(ctx.tenant, id)).collect::<Vec<_>>())?;

    let mut since_entered = 0;
    for id in &ids {
        let Some((run, _)) = tx.peek::<Run>(&Run::key(ctx.tenant, id))? else { continue };
        if run.automation.as_ref().is_some_and(|(of, _)| of == automation)
            && run.epoch == Some(item.stage_epoch)
        {
            return Ok(false);
        }
        since_entered += usize::from(Some(run.started_at) >= item.stage_entered_at);
    }

    // With so many runs nobody can say; starting twice would be worse than not starting.
    Ok(since_entered < RUNS_MAX)
}

/// Starts the automation for an item, unless it has started there since the item came to the stage.
pub(super) fn one(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    automation: &str,
    target: &RecordRef,
) -> Result<One, Halt> {
    let found = match applicable(tx, ctx, automation) {
        Ok(found) => found,
        Err(Halt::Refused(_)) => return Ok(One::Nothing),
        Err(other) => return Err(other),
    };

    // Item and lane are preconditions: whoever moves the item or starts a run for it writes one of
    // them.
    let Some((item, _)) =
        tx.get::<Record>(&target.key(ctx.tenant))?.filter(|(item, _)| found.has(item))
    else {
        return Ok(One::Nothing);
    };
    let lane = tx.get_or_default::<Lane>(&target.lane_key(ctx.tenant))?;
    if !is_without(tx, ctx, automation, &item)? {
        return Ok(One::Nothing);
    }

    // An event that waits may be the one that starts it.
    if lane.seq > lane.dispatched {
        return Ok(One::Later);
    }

    fetch::around_item(tx, ctx, &item)?;
    let entered = item.stage_entered_at.unwrap_or(item.created_at);
    runs::start(tx, ctx, &item, (&found.version, entered), |_| true)?;
    Ok(One::Done)
}
