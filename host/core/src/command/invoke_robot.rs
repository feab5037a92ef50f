//! Runs one robot now on one item, without a stage.

use crate::schema::built_in;
use serde_json::{Map, Value, json};

use super::put_automation::check_robot_settings;
use super::runs::{keep, new_run, set_time, waiting_step};
use super::schedule::Timing;
use super::setting_links::Place;
use super::{note, records, require_link};
use crate::context::OpContext;
use crate::limits::OPEN_RUNS_MAX;
use crate::model::automation::{IfPast, OnLeave, OnPreviousFailure, RobotSpec, When};
use crate::model::record::{IndexEntry, Lane, RecordRef};
use crate::model::run::Run;
use crate::refusal::Refusal;
use crate::tx::{Halt, Tx};

/// Starts a run of one step. No stage change cancels it.
///
/// # Errors
/// `run.too-many`, `plugin.missing`, `plugin.not-enabled`, `plugin.no-such-robot`, what the
/// settings' check refuses, `not-found`.
pub fn decide(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    plugin: &str,
    robot: &str,
    item: &RecordRef,
    settings: &Map<String, Value>,
) -> Result<Run, Halt> {
    let (record, _) = records::live(tx, ctx, item)?;
    if let Some(user) = &ctx.on_behalf_of {
        require_link(tx, ctx, built_in::USER, user, "on_behalf_of")?;
    }

    let spec = RobotSpec {
        id: "invoked".to_owned(),
        name: String::new(),
        plugin: plugin.to_owned(),
        robot: robot.to_owned(),
        settings: settings.clone(),
        run: When::default(),
        working_time: None,
        if_past: IfPast::Run,
        after_previous: false,
        on_previous_failure: OnPreviousFailure::Continue,
        on_leave: OnLeave::Keep,
        condition: None,
    };

    let place = Place { kind: &item.kind, pipeline: record.text("pipeline") };
    check_robot_settings(tx, ctx, &spec, place, &[])?;

    // Read for its number and its runs alone. The note below writes the lane, so it is read again
    // for `keep`.
    let lane_key = item.lane_key(ctx.tenant);
    let lane = tx.get_or_default::<Lane>(&lane_key)?;
    if lane.runs.len() >= OPEN_RUNS_MAX {
        let message = format!(
            "{OPEN_RUNS_MAX} runs of this item are not over; cancel some, or wait until they are"
        );
        return Err(Refusal::conflict("run.too-many", message).into());
    }

    let mut run = new_run(tx, ctx, item);
    run.by = Some(ctx.doer());
    let mut step = waiting_step(&spec);
    set_time(tx, ctx, (&run.id, item), &mut step, Timing::Now(None), lane.seq)?;
    run.steps.push(step);

    let text = format!("invoked {plugin}/{robot}");
    note(
        tx,
        ctx,
        item,
        "robot_invoked",
        text,
        json!({"run": run.id, "plugin": plugin, "robot": robot}),
    )?;

    let mut lane = tx.get_or_default::<Lane>(&lane_key)?;
    run.invoked = Some(spec);
    tx.put(Run::of_item_entry(ctx.tenant, item, &run.id), &IndexEntry { id: run.id.clone() })?;
    keep(tx, ctx, &mut run, &mut lane)?;
    tx.put(lane_key, &lane)?;
    Ok(run)
}
