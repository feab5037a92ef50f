//! What a robot is told: the settings rendered with the item as it is now.

use serde_json::Value;

use super::callee::{Callee, find_callee};
use super::fill::{facts_of, fill_in, judged};
use super::version::{spec_of, version_key};
use crate::call::{Build, CallContext};
use crate::command::schedule::outside_hours;
use crate::command::tenant;
use crate::condition::Judged;
use crate::context::{Actor, OpContext};
use crate::model::automation::RobotSpec;
use crate::model::job::{Job, Waiting};
use crate::model::pauses::{Pausable, Pauses};
use crate::model::plugin::{Grant, Plugin};
use crate::model::record::{Lane, Record};
use crate::model::run::{Run, Step};
use crate::model::tenant::Tenant;
use crate::template::Unfilled;
use crate::tx::{Halt, Tx, together};

/// A step that is ready to be called.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What is called.
    pub build: Build,
    /// What it is told.
    pub context: CallContext,
    /// The circumstances its effects are decided under.
    pub ctx: OpContext,
    /// The item.
    pub item: Record,
    /// What the tenant granted the plugin.
    pub grant: Grant,
    /// The item's stage epoch.
    pub epoch: u64,
    /// Its condition, which holds.
    pub condition: Option<Judged>,
}

/// What a due step turned out to be.
#[derive(Debug)]
pub enum Planned {
    /// Call the plugin.
    Call(Box<Plan>),
    /// The item has an event that is to be dispatched first.
    NotYet,
    /// A version that was published since says what is to become of it.
    Replaced,
    /// Its automation or plugin is paused.
    Paused,
    /// It keeps working time, and people do not work now.
    OutsideHours,
    /// Its effects are committed and its moment has come: it is done without a call.
    Finish,
    /// It is over already; its due row is a leftover.
    Over,
    /// It cannot be called: a code and a sentence.
    Impossible(String, String),
    /// It is not to run: why, and its condition as it was judged.
    Skipped(String, Option<Judged>),
}

/// Prepares the call of a due step. Everything is read late: templates, roles and the plugin's
/// active build.
///
/// # Errors
/// What reading may say.
pub fn plan(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    run_id: &str,
    step_id: &str,
) -> Result<Planned, Halt> {
    let Some((run, _)) = tx.get::<Run>(&Run::key(ctx.tenant, run_id))? else {
        return Ok(Planned::Over);
    };

    let Some((_, step)) = run.step(step_id).filter(|(_, step)| !step.state.is_over()) else {
        return Ok(Planned::Over);
    };

    if let Some(other) = comes_first(tx, ctx, &run, step)? {
        return Ok(other);
    }

    let item = tx.peek::<Record>(&run.item.key(ctx.tenant))?;
    let Some((item, _)) = item.filter(|(item, _)| item.deleted_at.is_none()) else {
        return Ok(Planned::Impossible("item.deleted".into(), "the item is deleted".into()));
    };

    let spec = match spec_of(tx, ctx, &run, step_id) {
        Err(Halt::Refused(gone)) => return Ok(Planned::Impossible(gone.code.into(), gone.message)),
        other => other?,
    };

    let tenant = tenant(tx, ctx)?;

    let due = DueStep { run: &run, step, spec: &spec, item: &item };
    let Some(facts) = read_facts(tx, ctx, due, &tenant)? else { return Ok(Planned::OutsideHours) };

    let condition = judged(tx, ctx, (&run, &spec), &facts, &tenant)?;
    if let Some(failed) = condition.as_ref().filter(|judged| !judged.holds()) {
        let reason = "the condition does not hold".into();
        return Ok(Planned::Skipped(reason, Some(failed.clone())));
    }

    let plugin = tx.peek_shared::<Plugin>(&Plugin::key(&spec.plugin))?.map(|(plugin, _)| plugin);
    let callee = match find_callee(tx, ctx, &spec, plugin.as_deref())? {
        Ok(callee) => callee,
        Err(hindrance) => return Ok(Planned::Impossible(hindrance.code.into(), hindrance.message)),
    };

    let settings = match fill_in(callee.info, &spec, &facts) {
        Ok(settings) => settings,
        Err((setting, why)) => return Ok(unfilled(&setting, why, condition)),
    };

    let context = CallContext {
        step_id: call_id(run_id, step),
        attempt: step.tries + 1,
        offer: spec.robot.clone(),
        target: Some(run.item.clone()),
        settings,
        now: ctx.now,
        time_zone: tenant.time_zone,
        language: tenant.language,
    };

    let (ctx, epoch) = (step_context(ctx, &run, &spec), item.stage_epoch);
    let Callee { build, grant, .. } = callee;
    Ok(Planned::Call(Box::new(Plan { build, context, ctx, item, grant, epoch, condition })))
}

/// What becomes of a step one of whose texts cannot be filled in.
fn unfilled(setting: &str, why: Unfilled, condition: Option<Judged>) -> Planned {
    match why {
        Unfilled::Failed(message) => {
            Planned::Impossible("template.failed".into(), format!("{setting}: {message}"))
        }
        Unfilled::Required(reference) => {
            let message = format!(
                "{setting}: `{reference}` is empty, and this text needs it; fill it in, then \
                 retry the run"
            );
            Planned::Impossible("template.required".into(), message)
        }
        Unfilled::Skip(reason) => Planned::Skipped(reason, condition),
    }
}

/// A step whose turn it is.
#[derive(Clone, Copy)]
struct DueStep<'a> {
    run: &'a Run,
    step: &'a Step,
    spec: &'a RobotSpec,
    item: &'a Record,
}

/// What the robot's condition and texts see, unless it keeps working time and nobody works now.
fn read_facts(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    due: DueStep<'_>,
    tenant: &Tenant,
) -> Result<Option<Value>, Halt> {
    let hours = outside_hours(tx, ctx, (due.spec, due.step), due.item);
    let facts = facts_of(tx, ctx, (due.run, due.spec), due.item, tenant);

    // Neither needs the other: together they cost one round.
    let hours_read = hours.as_ref().map(drop).map_err(Halt::clone);
    together([hours_read, facts.as_ref().map(drop).map_err(Halt::clone)])?;

    if hours?.is_some() { Ok(None) } else { facts.map(Some) }
}

/// What comes before the call of a step, if anything does. Asks at once for what every step reads.
fn comes_first(
    tx: &Tx<'_>,
    ctx: &OpContext,
    run: &Run,
    step: &Step,
) -> Result<Option<Planned>, Halt> {
    let replacing = run
        .automation
        .as_ref()
        .filter(|_| run.listed)
        .map(|(id, _)| Job::key(ctx.tenant, &Job::replacing(id)));

    let mut keys = vec![
        run.item.lane_key(ctx.tenant),
        run.item.key(ctx.tenant),
        Plugin::key(&step.plugin),
        Grant::key(ctx.tenant, &step.plugin),
        Pauses::key(ctx.tenant),
        Tenant::key(ctx.tenant),
        version_key(ctx, run),
    ];

    keys.extend(replacing);
    tx.want(&keys)?;

    if is_replaced(tx, ctx, run)? {
        return Ok(Some(Planned::Replaced));
    }

    // An event that waits may move the item away, which cancels this step: it is dispatched first
    // (ADR 0003).
    let lane = tx.peek_or_default::<Lane>(&run.item.lane_key(ctx.tenant))?;
    if lane.seq > lane.dispatched {
        return Ok(Some(Planned::NotYet));
    }

    if step.committed {
        return Ok(Some(Planned::Finish));
    }

    if holding(tx.peek::<Pauses>(&Pauses::key(ctx.tenant))?, run, &step.plugin).is_some() {
        return Ok(Some(Planned::Paused));
    }

    Ok(None)
}

/// What a call of a step is known by outside: receivers that saw it before do nothing again, so a
/// step that a person has run again has another one.
fn call_id(run: &str, step: &Step) -> String {
    match step.reruns {
        0 => format!("{run}/{}", step.id),
        reruns => format!("{run}/{}/{reruns}", step.id),
    }
}

/// Whether a version that was published since ends or migrates what waits in the run. Only runs
/// that waited are asked about: what was due already when it was published is under way.
fn is_replaced(tx: &Tx<'_>, ctx: &OpContext, run: &Run) -> Result<bool, Halt> {
    let Some((automation, version)) = run.automation.as_ref().filter(|_| run.listed) else {
        return Ok(false);
    };

    let job = tx.peek::<Job>(&Job::key(ctx.tenant, &Job::replacing(automation)))?;
    Ok(job
        .and_then(|(job, _)| job.replaces(*version))
        .is_some_and(|(_, waiting)| waiting != Waiting::Keep))
}

/// What keeps a step from running, if anything does.
pub(super) fn holding(pauses: Option<(Pauses, u64)>, run: &Run, plugin: &str) -> Option<Pausable> {
    let automation = run.automation.as_ref().map(|(id, _)| id.as_str());
    pauses.and_then(|(pauses, _)| pauses.holding(automation, plugin))
}

/// Who acts, and what led to it: the path grows by this robot. The ids of its effects are the same
/// in every attempt.
fn step_context(ctx: &OpContext, run: &Run, spec: &RobotSpec) -> OpContext {
    let automation = run.automation.as_ref().map(|(id, _)| id.clone()).unwrap_or_default();

    // Robots that were invoked share no automation and no id in one: what tells them apart is what
    // they are.
    let robot = match run.invoked {
        Some(_) => format!("{}/{}", spec.plugin, spec.robot),
        None => spec.id.clone(),
    };

    let mut cause = run.cause.clone();
    cause.chain.push(format!("{automation}/{robot}"));
    cause.run = Some(run.id.clone());

    OpContext {
        actor: Actor::Automation { automation, robot },
        on_behalf_of: run.on_behalf_of.clone(),
        cause,
        ..ctx.clone()
    }
}
