//! Saves the draft of a stage's automation, checked as strictly as if it ran now.

use crate::schema::built_in;
use std::collections::BTreeMap;

use serde_json::Value;

use super::calendars::check_calendar;
use super::put_channel::enabled_plugin;
use super::put_pipeline::{check_id, check_name};
use super::records::{check_version, require_link};
use super::setting_links::{self, Place};
use super::{facts, fetch, fields_of, items};
use crate::condition::{self, Condition};
use crate::context::OpContext;
use crate::limits::{DELAY_MS_MAX, ROBOTS_MAX};
use crate::model::automation::{Automation, RobotSpec, TriggerSpec, When};
use crate::model::plugin::{Plugin, TriggerInfo};
use crate::model::record::IndexEntry;
use crate::refusal::{Reason, Refusal};
use crate::schema::{self, Field};
use crate::settings::{self, user_of};
use crate::template;
use crate::time::parse_duration_ms;
use crate::tx::{Halt, Tx};
use crate::vocabulary::{Results, Type, Vocabulary};

/// Creates or replaces a draft. What runs now is the published version and stays so.
///
/// # Errors
/// `automation.invalid`, `automation.stage-taken`, `automation.unknown-reference`,
/// `automation.robot-runs-later`, `record.dangling-link`, `record.inactive-user`,
/// `template.invalid`, `pipeline.unknown`, `pipeline.unknown-stage`, `plugin.missing`,
/// `plugin.not-enabled`, `plugin.no-such-robot`, `plugin.no-such-trigger`, `calendar.missing`, what
/// the settings' check refuses, `record.stale`.
pub fn decide(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    id: &str,
    automation: Automation,
    expected: Option<u64>,
) -> Result<(Automation, u64), Halt> {
    check_id("automation.invalid", "id", id)?;

    let key = Automation::key(ctx.tenant, id);
    let stage_key = Automation::stage_key(ctx.tenant, &automation.pipeline, &automation.stage);
    tx.want(&[key.clone(), stage_key.clone()])?;

    let before = tx.get::<Automation>(&key)?;
    check_version(expected, before.as_ref().map_or(0, |(_, version)| *version))?;
    // Which version runs is not the client's to say.
    let published = before.as_ref().and_then(|(before, _)| before.published);

    let automation = Automation { id: id.to_owned(), published, ..automation };
    if let Some((before, _)) = &before
        && (&before.pipeline, &before.stage) != (&automation.pipeline, &automation.stage)
    {
        let message = "an automation stays on its stage; make another one for another stage";
        return Err(Refusal::invalid("automation.stage-fixed", "stage", message).into());
    }

    check(tx, ctx, &automation)?;

    // A precondition: of two drafts for one stage that are saved at once, one is refused.
    match tx.get::<IndexEntry>(&stage_key)? {
        Some((taken, _)) if taken.id != id => {
            let message = format!(
                "stage `{}` has the automation `{}` already; change that one",
                automation.stage, taken.id
            );
            return Err(Refusal::invalid("automation.stage-taken", "stage", message).into());
        }
        Some(_) => {}
        None => {
            tx.put(stage_key, &IndexEntry { id: id.to_owned() })?;
        }
    }

    let version = tx.put(key, &automation)?;
    Ok((automation, version))
}

/// Checks a whole automation.
pub(super) fn check(tx: &mut Tx<'_>, ctx: &OpContext, automation: &Automation) -> Result<(), Halt> {
    let pipeline = items::pipeline_of(tx, ctx, &automation.pipeline)?;
    if pipeline.kind != automation.kind {
        let message = format!(
            "pipeline `{}` is for {}s, not {}s",
            pipeline.id, pipeline.kind, automation.kind
        );
        return Err(Refusal::invalid("pipeline.wrong-kind", "kind", message).into());
    }

    items::stage_of(&pipeline, &automation.stage)?;
    check_counts(automation)?;
    fetch::of_automation(tx, ctx, automation)?;

    // Everything is asked for by now, so that the checks below cost no round each.
    for (place, robot) in automation.robots.iter().enumerate() {
        let earlier = automation.robots.get(..place).unwrap_or_default();
        let found = check_robot(tx, ctx, automation, robot, earlier);
        found.map_err(|halt| halt.inside(&format!("robots[{place}]")))?;
    }

    for (place, trigger) in automation.triggers.iter().enumerate() {
        let found = check_trigger(tx, ctx, automation, trigger);
        found.map_err(|halt| halt.inside(&format!("triggers[{place}]")))?;
    }

    Ok(())
}

fn check_counts(automation: &Automation) -> Result<(), Refusal> {
    let mut seen = BTreeMap::new();
    let robots = automation.robots.iter().map(|robot| ("robots", &robot.id));
    let triggers = automation.triggers.iter().map(|trigger| ("triggers", &trigger.id));

    for (list, id) in robots.chain(triggers) {
        if seen.insert(id.clone(), list).is_some() {
            return Err(Refusal::invalid(
                "automation.invalid",
                list,
                format!("the id `{id}` is there twice"),
            ));
        }
    }

    if automation.robots.len() > ROBOTS_MAX || automation.triggers.len() > ROBOTS_MAX {
        let message = format!("a stage has at most {ROBOTS_MAX} robots and {ROBOTS_MAX} triggers");
        return Err(Refusal::invalid("automation.invalid", "robots", message));
    }

    Ok(())
}

fn check_robot(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    automation: &Automation,
    robot: &RobotSpec,
    earlier: &[RobotSpec],
) -> Result<(), Halt> {
    check_word("id", &robot.id)?;
    if !robot.name.is_empty() {
        check_name("automation.invalid", "name", &robot.name)?;
    }

    check_when(&automation.kind, &fields_of(tx, ctx.tenant, &automation.kind)?, &robot.run)?;
    if let Some(rule) = &robot.working_time {
        check_calendar(tx, ctx, rule)?;
    }

    // Only an unbroken chain of "after previous" makes sure that an earlier robot has run.
    let chain = match robot.after_previous {
        true => earlier
            .iter()
            .rposition(|before| !before.after_previous)
            .map_or(earlier, |from| earlier.get(from..).unwrap_or_default()),
        false => &[],
    };

    check_robot_settings(tx, ctx, robot, place_of(automation), chain).map_err(|halt| match halt {
        Halt::Refused(refusal) => explain_order(refusal, earlier, chain, automation).into(),
        other => other,
    })
}

/// A reference that fails because of the order is told apart from one to nothing: to no robot at
/// all, or to a result that a robot which has run does not give.
fn explain_order(
    refusal: Refusal,
    earlier: &[RobotSpec],
    chain: &[RobotSpec],
    automation: &Automation,
) -> Refusal {
    let Some(Reason::UnknownReference(path)) = &refusal.reason else { return refusal };
    let named =
        automation.robots.iter().find(|robot| path.starts_with(&format!("robots.{}.", robot.id)));
    let Some(named) = named.filter(|named| !chain.iter().any(|robot| robot.id == named.id)) else {
        return refusal;
    };

    let how = if earlier.iter().any(|robot| robot.id == named.id) {
        "make this robot, and each one between them, run after the previous one"
    } else {
        "move it before this one"
    };

    let message = format!(
        "robot `{}` does not run before this one, so its results are not there yet; {how}",
        named.id
    );
    Refusal { code: "automation.robot-runs-later", message, ..refusal }
}

/// Checks a robot's plugin and settings; `chain` are the robots that have certainly run before it.
pub(super) fn check_robot_settings(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    robot: &RobotSpec,
    place: Place<'_>,
    chain: &[RobotSpec],
) -> Result<(), Halt> {
    let plugin = enabled_plugin(tx, ctx, &robot.plugin)?;
    let Some(info) = plugin.robot(&robot.robot) else {
        let message = format!(
            "plugin `{}` has no robot `{}`; GET /v1/robots lists them",
            robot.plugin, robot.robot
        );
        return Err(Refusal::invalid("plugin.no-such-robot", "robot", message).into());
    };

    check_kind(&info.kinds, place.kind)?;

    let results = results_of(tx, chain)?;
    let known = facts::vocabulary(tx, ctx, place.kind, results)?;
    let check_template = |text: &str| template::check(text, &known);
    settings::check(&info.settings, &robot.settings, &check_template)
        .map_err(|refusal| refusal.inside("settings"))?;

    check_condition(robot.condition.as_ref(), &known)?;
    setting_links::check(tx, ctx, &info.settings, &robot.settings, place)
}

fn check_trigger(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    automation: &Automation,
    trigger: &TriggerSpec,
) -> Result<(), Halt> {
    check_word("id", &trigger.id)?;
    if !trigger.name.is_empty() {
        check_name("automation.invalid", "name", &trigger.name)?;
    }

    let plugin = enabled_plugin(tx, ctx, &trigger.plugin)?;
    let Some(info) = plugin.trigger(&trigger.trigger) else {
        let message = format!(
            "plugin `{}` has no trigger `{}`; GET /v1/triggers lists them",
            trigger.plugin, trigger.trigger
        );
        return Err(Refusal::invalid("plugin.no-such-trigger", "trigger", message).into());
    };

    check_kind(&info.kinds, &automation.kind)?;
    check_move_as(tx, ctx, trigger.move_as.as_deref())?;
    check_condition(
        trigger.condition.as_ref(),
        &facts::vocabulary(tx, ctx, &automation.kind, Results::new())?,
    )?;

    let no_templates = |_: &str| Ok(());
    settings::check(&info.settings, &trigger.settings, &no_templates)
        .map_err(|refusal| refusal.inside("settings"))?;
    check_idle_after(info, trigger)?;
    setting_links::check(tx, ctx, &info.settings, &trigger.settings, place_of(automation))
}

/// In whose name a trigger moves: one person, so a role that several may hold is none of them.
fn check_move_as(tx: &Tx<'_>, ctx: &OpContext, who: Option<&str>) -> Result<(), Halt> {
    let Some(who) = who.filter(|who| !matches!(*who, "responsible" | "supervisor")) else {
        return Ok(());
    };

    match user_of(who) {
        Some(id) => require_link(tx, ctx, built_in::USER, id, "move_as"),
        None => {
            let message = format!(
                "an item is not moved in the name of `{who}`; write responsible, supervisor or \
                 user:<id>"
            );
            Err(Refusal::invalid("automation.invalid", "move_as", message).into())
        }
    }
}

/// A silence of no length never begins, and one that is longer than a robot may wait is watched by
/// no timer.
fn check_idle_after(info: &TriggerInfo, trigger: &TriggerSpec) -> Result<(), Refusal> {
    let Some(key) = &info.idle_after else { return Ok(()) };
    let settings = settings::with_defaults(&info.settings, &trigger.settings);
    let duration = settings.get(key).and_then(Value::as_str);

    match duration.map(parse_duration_ms) {
        Some(Ok(ms)) if !(1..=DELAY_MS_MAX).contains(&ms) => {
            let message = "a trigger waits for a silence of more than nothing and of up to five \
                years; write for example 3d";
            Err(Refusal::invalid("settings.out-of-bounds", format!("settings.{key}"), message))
        }
        _ => Ok(()),
    }
}

fn place_of(automation: &Automation) -> Place<'_> {
    Place { kind: &automation.kind, pipeline: &automation.pipeline }
}

fn check_kind(kinds: &[String], kind: &str) -> Result<(), Refusal> {
    if kinds.is_empty() || kinds.iter().any(|known| known == kind) {
        return Ok(());
    }

    Err(Refusal::invalid(
        "automation.wrong-kind",
        "kind",
        format!("this works on {} only", kinds.join(", ")),
    ))
}

fn check_condition(condition: Option<&Condition>, known: &Vocabulary) -> Result<(), Refusal> {
    condition.map_or(Ok(()), |condition| {
        condition::check(condition, known).map_err(|refusal| refusal.inside("condition"))
    })
}

/// The results that each robot of the chain gives.
pub(super) fn results_of(tx: &Tx<'_>, chain: &[RobotSpec]) -> Result<Results, Halt> {
    tx.want(&chain.iter().map(|robot| Plugin::key(&robot.plugin)).collect::<Vec<_>>())?;

    let mut results = Results::new();
    for robot in chain {
        let plugin = tx.peek::<Plugin>(&Plugin::key(&robot.plugin))?;
        let info = plugin.as_ref().and_then(|(plugin, _)| plugin.robot(&robot.robot));
        let given = info.into_iter().flat_map(|info| &info.results);
        results.insert(
            robot.id.clone(),
            given.map(|result| (result.key.clone(), Type::of_result(&result.kind))).collect(),
        );
    }

    Ok(results)
}

fn check_when(kind: &str, known: &[Field], when: &When) -> Result<(), Refusal> {
    let (duration, name) = match when {
        When::AtOnce(_) => return Ok(()),
        When::After(after) => (&after.after, "run.after"),
        When::Before(before) => (&before.before, "run.before"),
    };

    let ms =
        parse_duration_ms(duration).map_err(|e| Refusal::invalid("automation.invalid", name, e))?;
    if ms > DELAY_MS_MAX {
        return Err(Refusal::invalid(
            "automation.invalid",
            name,
            "a robot may wait for up to five years",
        ));
    }

    if let Some(field) = when.field().filter(|field| !schema::is_moment(known, field)) {
        let message = format!(
            "`{field}` is no date of a {kind}; use created_at, updated_at, stage_entered_at or a \
             date field"
        );
        return Err(Refusal::invalid("automation.invalid", "run.field", message));
    }

    Ok(())
}

/// Checks an id that templates refer to: it must be a word.
fn check_word(field: &str, id: &str) -> Result<(), Refusal> {
    check_id("automation.invalid", field, id)?;
    if id.contains('-') || id.starts_with(|c: char| c.is_ascii_digit()) {
        let message = "this id is used in templates, so it consists of a-z, 0-9 and _ and begins \
            with a letter";
        return Err(Refusal::invalid("automation.invalid", field, message));
    }
    Ok(())
}
