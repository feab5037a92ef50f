//! Publishes a draft as a new, unchangeable version.

use std::collections::BTreeMap;

use super::put_automation::check;
use crate::context::{Actor, OpContext};
use crate::model::automation::{Automation, AutomationVersion, Binding, Bindings, IfPast, When};
use crate::model::plugin::Plugin;
use crate::tx::{Halt, Tx};

/// Publishes the draft of an automation. Runs that wait keep the version they started with; items that stand on the stage already
/// are left alone.
///
/// # Errors
/// `not-found`, and whatever saving it would refuse now.
pub fn decide(tx: &mut Tx<'_>, ctx: &OpContext, id: &str) -> Result<AutomationVersion, Halt> {
    let key = Automation::key(ctx.tenant, id);
    let (mut draft, _) = tx.require::<Automation>(&key)?;
    check(tx, ctx, &draft)?;
    let number = draft.published.unwrap_or(0) + 1;
    draft.published = Some(number);
    let (majors, trigger_events) = plugin_facts(tx, &draft)?;
    let version = AutomationVersion {
        version: number,
        published_at: ctx.now,
        published_by: publisher(ctx),
        warnings: warnings(&draft),
        majors,
        trigger_events,
        automation: draft.clone(),
    };
    tx.put(AutomationVersion::key(ctx.tenant, id, number), &version)?;
    tx.put(key, &draft)?;
    bind(tx, ctx, &version)?;
    Ok(version)
}

/// The major version of each plugin, and by trigger the kinds of event it wants to see.
#[expect(clippy::type_complexity, reason = "two maps that are only taken apart again by the one caller")]
fn plugin_facts(tx: &Tx<'_>, draft: &Automation) -> Result<(BTreeMap<String, u64>, BTreeMap<String, Vec<String>>), Halt> {
    let mut majors = BTreeMap::new();
    let mut events = BTreeMap::new();
    let robots = draft.robots.iter().map(|robot| (&robot.plugin, None));
    let triggers = draft.triggers.iter().map(|trigger| (&trigger.plugin, Some(trigger)));
    for (id, trigger) in robots.chain(triggers) {
        let Some((plugin, _)) = tx.peek::<Plugin>(&Plugin::key(id))? else { continue };
        majors.insert(id.clone(), plugin.major());
        if let Some(trigger) = trigger {
            let info = plugin.catalogue.triggers.into_iter().find(|info| info.id == trigger.trigger);
            events.insert(trigger.id.clone(), info.map(|info| info.events).unwrap_or_default());
        }
    }
    Ok((majors, events))
}

/// Makes the version the one that runs for what enters the stage from now on.
fn bind(tx: &mut Tx<'_>, ctx: &OpContext, version: &AutomationVersion) -> Result<(), Halt> {
    let automation = &version.automation;
    let key = Bindings::key(ctx.tenant, &automation.pipeline);
    let mut bindings = tx.get::<Bindings>(&key)?.map(|(bindings, _)| bindings).unwrap_or_default();
    let mut trigger_events: Vec<String> = version.trigger_events.values().flatten().cloned().collect();
    trigger_events.sort();
    trigger_events.dedup();
    if automation.robots.is_empty() && automation.triggers.is_empty() {
        bindings.stages.remove(&automation.stage);
    } else {
        let has_robots = !automation.robots.is_empty();
        let binding = Binding { automation: automation.id.clone(), version: version.version, trigger_events, has_robots };
        bindings.stages.insert(automation.stage.clone(), binding);
    }
    tx.put(key, &bindings)?;
    Ok(())
}

/// What the publisher should know: a robot that counts from a date may be due the moment an item comes to the stage.
fn warnings(draft: &Automation) -> Vec<String> {
    let anchored = draft.robots.iter().filter(|robot| matches!(&robot.run, When::After(after) if after.field.is_some()));
    anchored
        .map(|robot| {
            let field = robot.run.field().unwrap_or_default();
            let what = if robot.if_past == IfPast::Run { "runs at once" } else { "is skipped" };
            format!("robot `{}` counts from {field}: for an item that comes to the stage later than that it {what}", robot.id)
        })
        .collect()
}

fn publisher(ctx: &OpContext) -> String {
    match &ctx.actor {
        Actor::User { id } => format!("user:{id}"),
        Actor::Client { name } => name.clone(),
        _ => "host".to_owned(),
    }
}
