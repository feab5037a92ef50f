//! Publishes a draft as a new, unchangeable version.

use std::collections::BTreeMap;

use super::job;
use super::put_automation::check;
use crate::context::OpContext;
use crate::model::automation::{
    Automation, AutomationVersion, Binding, Bindings, IfPast, RobotSpec, TriggerSpec, When,
};
use crate::model::job::{Job, Waiting, Work};
use crate::model::plugin::{Plugin, TriggerInfo};
use crate::model::record::IndexEntry;
use crate::model::run::Run;
use crate::read::Range;
use crate::settings;
use crate::time::parse_duration_ms;
use crate::tx::{Halt, Tx};

/// Publishes the draft of an automation. Runs that wait keep the version they started with; items
/// that stand on the stage already are left alone.
///
/// # Errors
/// `not-found`, and whatever saving it would refuse now.
pub fn decide(tx: &mut Tx<'_>, ctx: &OpContext, id: &str) -> Result<AutomationVersion, Halt> {
    Ok(replace(tx, ctx, id, Waiting::Keep)?.version)
}

/// What publishing came to.
#[derive(Clone, PartialEq, Debug)]
pub struct Published {
    /// The new version.
    pub version: AutomationVersion,
    /// Runs that waited under older versions, up to [`COUNTED_MAX`].
    pub waiting_runs: usize,
    /// The job that replaces what waits, where that was asked for and there is something.
    pub job: Option<String>,
}

/// Runs that are counted at most.
pub const COUNTED_MAX: usize = 1_000;

/// Publishes the draft of an automation and says what becomes of runs that wait under older
/// versions.
///
/// # Errors
/// As for [`decide`].
pub fn replace(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    id: &str,
    waiting: Waiting,
) -> Result<Published, Halt> {
    let key = Automation::key(ctx.tenant, id);
    let (mut draft, _) = tx.require::<Automation>(&key)?;

    // Anew: a plugin or a stage that was there when the draft was saved may be gone.
    check(tx, ctx, &draft)?;

    let number = draft.published.unwrap_or(0) + 1;
    draft.published = Some(number);
    let Facts { majors, trigger_events, idle_ms } = plugin_facts(tx, &draft)?;
    let version = AutomationVersion {
        version: number,
        published_at: ctx.now,
        published_by: ctx.doer(),
        warnings: warnings(&draft),
        majors,
        trigger_events,
        automation: draft.clone(),
    };

    tx.put(AutomationVersion::key(ctx.tenant, id, number), &version)?;
    tx.put(key, &draft)?;
    bind(tx, ctx, &version, idle_ms)?;

    let waiting_runs =
        tx.range::<IndexEntry>(&Range::first(Run::waiting(ctx.tenant, id), COUNTED_MAX))?.len();

    let mut job = None;
    // Also where nothing waits now: a run that begins to wait later has to find what is to become
    // of it.
    if waiting != Waiting::Keep {
        let started =
            job::start(tx, ctx, &Job::replacing(id), job::replacing(id, number, waiting))?;
        job = Some(started.id);
    }

    Ok(Published { version, waiting_runs, job })
}

/// What the plugins of a draft say of it.
#[derive(Default)]
struct Facts {
    /// The major version of each plugin.
    majors: BTreeMap<String, u64>,
    /// By trigger, the kinds of event it wants to see.
    trigger_events: BTreeMap<String, Vec<String>>,
    /// For how long nobody must have touched an item for its triggers to be told, in milliseconds.
    idle_ms: Vec<i64>,
}

fn plugin_facts(tx: &Tx<'_>, draft: &Automation) -> Result<Facts, Halt> {
    let mut facts = Facts::default();
    let robots = draft.robots.iter().map(|robot| (&robot.plugin, None));
    let triggers = draft.triggers.iter().map(|trigger| (&trigger.plugin, Some(trigger)));

    for (id, trigger) in robots.chain(triggers) {
        // A peek: `check` has made the plugins preconditions.
        let Some((plugin, _)) = tx.peek::<Plugin>(&Plugin::key(id))? else { continue };
        facts.majors.insert(id.clone(), plugin.major());

        if let Some(trigger) = trigger {
            let info = plugin.trigger(&trigger.trigger);
            facts.idle_ms.extend(info.and_then(|info| idle_ms(info, trigger)));
            facts.trigger_events.insert(
                trigger.id.clone(),
                info.map(|info| info.events.clone()).unwrap_or_default(),
            );
        }
    }

    Ok(facts)
}

/// For how long nobody must have touched an item for a trigger to be told, if it waits for that at
/// all.
fn idle_ms(info: &TriggerInfo, trigger: &TriggerSpec) -> Option<i64> {
    let settings = settings::with_defaults(&info.settings, &trigger.settings);
    let duration = settings.get(info.idle_after.as_ref()?)?.as_str()?;
    parse_duration_ms(duration).ok().filter(|ms| *ms > 0)
}

/// Makes the version the one that runs for what enters the stage from now on. Items that nobody
/// touches are watched from now on for durations that no trigger of the pipeline waited for before.
fn bind(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    version: &AutomationVersion,
    idle_ms: Vec<i64>,
) -> Result<(), Halt> {
    let automation = &version.automation;
    let key = Bindings::key(ctx.tenant, &automation.pipeline);
    let mut bindings = tx.get_or_default::<Bindings>(&key)?;

    // Before the new version is among them: what it alone waits for nobody watches yet.
    let known = bindings.idle_ms();
    let new: Vec<i64> = idle_ms.iter().copied().filter(|ms| !known.contains(ms)).collect();

    let mut trigger_events: Vec<String> =
        version.trigger_events.values().flatten().cloned().collect();
    trigger_events.sort();
    trigger_events.dedup();

    if automation.robots.is_empty() && automation.triggers.is_empty() {
        bindings.stages.remove(&automation.stage);
    } else {
        let (stage, has_robots) = (automation.stage.clone(), !automation.robots.is_empty());
        let (automation, triggers, version) =
            (automation.id.clone(), version.listeners(), version.version);
        let binding =
            Binding { automation, version, trigger_events, has_robots, idle_ms, triggers };
        bindings.stages.insert(stage, binding);
    }

    tx.put(key, &bindings)?;

    // Items that are quiet already have no event that would set their timers (ADR 0008).
    if !new.is_empty() {
        let (pipeline, kind) =
            (version.automation.pipeline.clone(), version.automation.kind.clone());
        job::start(
            tx,
            ctx,
            &Job::watching(&version.automation.id),
            Work::Watch { pipeline, kind, idle_ms: new },
        )?;
    }

    Ok(())
}

/// What the publisher should know: the moment of a robot that counts from a date may be past when
/// an item comes to the stage.
fn warnings(draft: &Automation) -> Vec<String> {
    draft.robots.iter().filter_map(past_already).collect()
}

/// What becomes of a robot for an item that comes too late for it, where it counts from a date.
fn past_already(robot: &RobotSpec) -> Option<String> {
    let counts = match &robot.run {
        When::AtOnce(_) => return None,
        When::After(after) => format!("counts from {}", after.field.as_ref()?),
        When::Before(before) => format!("runs {} before {}", before.before, before.field),
    };

    let what = if robot.if_past == IfPast::Run { "runs at once" } else { "is skipped" };
    Some(format!(
        "robot `{}` {counts}: for an item that comes to the stage later than that it {what}",
        robot.id
    ))
}
