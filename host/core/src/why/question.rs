//! What is asked about an item, and the answers to it.

use super::answer::{About, Answer};
use super::facts::{Facts, Standing};
use super::look::look;
use super::{robot, trigger};
use crate::id::TenantId;
use crate::model::record::RecordRef;
use crate::refusal::{Refusal, RefusalKind};
use crate::time::Timestamp;
use crate::tx::{Halt, Tx};

/// What is asked: one robot, one trigger, both, or everything that stands on the item's pipeline.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Asked {
    /// A robot as `automation/robot`, or its id alone.
    pub robot: Option<String>,
    /// A trigger as `automation/trigger`, or its id alone.
    pub trigger: Option<String>,
}

impl Asked {
    /// Whether everything is asked about.
    fn is_all(&self) -> bool {
        self.robot.is_none() && self.trigger.is_none()
    }
}

/// Answers for one item, in the order of the pipeline: per stage its triggers, then its robots.
///
/// # Errors
/// `not-found` where there is no such item, automation, robot or trigger; `record.not-an-item` for
/// a record that moves through no pipeline; what reading may say.
pub fn why(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    now: Timestamp,
    item: &RecordRef,
    asked: &Asked,
) -> Result<Vec<Answer>, Halt> {
    // An automation that is named may stand on another pipeline. That is an answer too, so it is
    // read by its id.
    let named = [&asked.robot, &asked.trigger]
        .into_iter()
        .flatten()
        .filter_map(|name| name.split_once('/'));
    let named: Vec<&str> = named.map(|(automation, _)| automation).collect();
    let facts = look(tx, tenant, now, item, &named)?;

    let mut answers = Vec::new();
    for standing in &facts.automations {
        for id in trigger_ids(standing)
            .into_iter()
            .filter(|id| asked.is_all() || names(asked.trigger.as_deref(), standing, id))
        {
            answers.push(trigger::answer(&facts, standing, &id));
        }

        for id in robot_ids(&facts, standing, asked)
            .into_iter()
            .filter(|id| asked.is_all() || names(asked.robot.as_deref(), standing, id))
        {
            answers.push(robot::answer(&facts, standing, &id));
        }
    }

    for (about, wanted) in [(About::Robot, &asked.robot), (About::Trigger, &asked.trigger)] {
        if let Some(wanted) =
            wanted.as_ref().filter(|_| !answers.iter().any(|answer| answer.about == about))
        {
            return Err(unknown(&facts, about, wanted).into());
        }
    }

    Ok(answers)
}

/// Whether `wanted` names `id` of this automation.
fn names(wanted: Option<&str>, standing: &Standing, id: &str) -> bool {
    wanted.is_some_and(|wanted| match wanted.split_once('/') {
        Some((automation, robot)) => automation == standing.draft.id && robot == id,
        None => wanted == id,
    })
}

/// The triggers of an automation: those that are published, then those of the draft alone.
fn trigger_ids(standing: &Standing) -> Vec<String> {
    let published = standing.version.iter().flat_map(|version| &version.automation.triggers);
    distinct(published.chain(&standing.draft.triggers).map(|trigger| trigger.id.clone()))
}

/// The robots of an automation: those that are published, those of the draft alone, and those that
/// earlier versions left waiting for this item, or did anything to it where one is asked about by
/// name.
fn robot_ids(facts: &Facts, standing: &Standing, asked: &Asked) -> Vec<String> {
    let published = standing.version.iter().flat_map(|version| &version.automation.robots);
    let configured = published.chain(&standing.draft.robots).map(|robot| robot.id.clone());

    let steps = facts.runs_of(standing).flat_map(|run| &run.steps);
    let left = steps
        .filter(|step| asked.robot.is_some() || !step.state.is_over())
        .map(|step| step.id.clone());

    distinct(configured.chain(left))
}

fn distinct(ids: impl Iterator<Item = String>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for id in ids {
        if !found.contains(&id) {
            found.push(id);
        }
    }

    found
}

fn unknown(facts: &Facts, about: About, wanted: &str) -> Refusal {
    let (what, field) = match about {
        About::Robot => ("robot", "robot"),
        About::Trigger => ("trigger", "trigger"),
    };

    let known: Vec<String> = facts
        .automations
        .iter()
        .flat_map(|standing| {
            let ids = match about {
                About::Robot => robot_ids(facts, standing, &Asked::default()),
                About::Trigger => trigger_ids(standing),
            };
            ids.into_iter().map(|id| format!("{}/{id}", standing.draft.id))
        })
        .collect();

    let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
    let message = format!("no {what} `{wanted}` stands on this item's pipeline; there are {known}");
    Refusal::new(RefusalKind::NotFound, "why.unknown", message).at(field)
}
