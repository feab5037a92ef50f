//! What entering and leaving stages means, whoever causes it.

use crate::schema::built_in;
use serde_json::json;

use super::{Draft, emit, history, note, runs, work};
use crate::context::OpContext;
use crate::model::history::EntryType;
use crate::model::pipeline::{Pipeline, Stage};
use crate::model::record::{Lane, Record, RecordRef};
use crate::model::run::Run;
use crate::refusal::Refusal;
use crate::tx::{Halt, Tx};

/// An item's pipeline.
pub(super) fn pipeline_of(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    pipeline: &str,
) -> Result<Pipeline, Halt> {
    // A precondition: a stage that is taken away at this moment is entered by nobody.
    let found = tx.get::<Pipeline>(&Pipeline::key(ctx.tenant, pipeline))?;

    let message =
        format!("there is no pipeline `{pipeline}`; PUT /v1/pipelines/{pipeline} makes one");
    Ok(found
        .map(|(pipeline, _)| pipeline)
        .ok_or_else(|| Refusal::invalid("pipeline.unknown", "fields.pipeline", message))?)
}

/// A stage of a pipeline.
pub(super) fn stage_of<'a>(
    pipeline: &'a Pipeline,
    stage: &str,
) -> Result<(usize, &'a Stage), Halt> {
    let found = pipeline.stage(stage).ok_or_else(|| {
        let known: Vec<&str> = pipeline.stages.iter().map(|stage| stage.id.as_str()).collect();
        let message = format!(
            "pipeline `{}` has no stage `{stage}`; its stages are {}",
            pipeline.id,
            known.join(", ")
        );
        Refusal::invalid("pipeline.unknown-stage", "stage", message)
    })?;
    Ok(found)
}

/// Puts `item` on another stage: what waited on the old one is cancelled, the new one's automation
/// is started by the event, all in this commit, and so are the open activities completed. Writes
/// the record. Gives the event's id.
pub(super) fn enter_stage(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    item: &mut Record,
    stage: &Stage,
) -> Result<String, Halt> {
    let from = item.text("stage").to_owned();

    want_open(tx, ctx, item)?;
    // First, so that what is cancelled is not given new moments below.
    runs::cancel_for_stage(tx, ctx, item)?;

    // Before the stage changes: an automation that moves the item is recorded with the stage that
    // the item stood on.
    let text = format!("moved to {}", stage.name);
    let moved = json!({"before": {"stage": from}, "after": {"stage": stage.id}});
    history::write(tx, ctx, EntryType::StageChanged, item, text.clone(), moved)?;

    item.fields.insert("stage".into(), json!(stage.id));
    item.stage_entered_at = Some(ctx.now);
    item.stage_epoch += 1;
    item.updated_at = ctx.now;
    tx.put(item.key.key(ctx.tenant), item)?;

    runs::reschedule(tx, ctx, item, &["updated_at"])?;
    note(tx, ctx, &item.key, "stage_changed", text, json!({"from": from, "to": stage.id}))?;

    let payload = json!({"from": from, "stage": stage.id, "epoch": item.stage_epoch});
    let draft =
        Draft { kind: "item.stage_entered", subject: item.key.clone(), occurred_at: None, payload };
    let event = emit(tx, ctx, draft, std::slice::from_ref(&item.key))?;

    // After the stage's event: completing emits events of the same lane, and those come behind it.
    work::complete_open(tx, ctx, &item.key)?;

    Ok(event)
}

/// Asks at once for what hangs on an item's stage: runs that are not over and activities that
/// leaving it completes.
fn want_open(tx: &Tx<'_>, ctx: &OpContext, item: &Record) -> Result<(), Halt> {
    let Some((lane, _)) = tx.peek::<Lane>(&item.key.lane_key(ctx.tenant))? else { return Ok(()) };

    let runs = lane.runs.iter().map(|id| Run::key(ctx.tenant, id));
    let activities =
        lane.activities.iter().map(|id| RecordRef::new(built_in::ACTIVITY, id).key(ctx.tenant));
    tx.want(&runs.chain(activities).collect::<Vec<_>>())
}
