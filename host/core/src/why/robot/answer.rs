//! Puts the answer about a robot together.

use super::not_started::tell_stage_without_start;
use super::step::StepOfRobot;
use super::without_run::RobotWithoutRun;
use crate::model::automation::RobotSpec;
use crate::model::event::Outcome;
use crate::why::answer::{About, Answer};
use crate::why::facts::{Facts, Standing};

/// Why the robot `id` of an automation did or did not run for the item.
pub(in crate::why) fn answer(facts: &Facts, standing: &Standing, id: &str) -> Answer {
    let step = facts.newest_step(standing, id);
    let started = step.map(|(run, ..)| run.started_at);

    // The stage was entered since, without a run. Several things may happen within a millisecond,
    // so the order of events counts.
    let stopped = facts.decided(standing, None).next().filter(|(decisions, candidate)| {
        !matches!(candidate.outcome, Outcome::Ran { .. })
            && started.is_none_or(|at| at <= decisions.at)
    });

    let spec = step
        .and_then(|(run, ..)| facts.spec_of(run, id))
        .or_else(|| standing.robot(id))
        .or_else(|| drafted(standing, id));

    let name =
        spec.map_or(id, |spec| if spec.name.is_empty() { id } else { &spec.name }).to_owned();
    let who = format!("robot `{name}`");

    let (said, run, event) = match (stopped, step) {
        (Some((decisions, candidate)), _) => {
            let said = tell_stage_without_start(facts, &who, decisions, candidate);
            (said, None, Some(decisions.event.clone()))
        }
        (None, Some((run, place, step))) => {
            let said = StepOfRobot { facts, who: &who, spec, run, place, step }.tell();
            (said, Some(run), run.cause.event.clone())
        }
        (None, None) => (RobotWithoutRun { facts, standing, who: &who, id }.tell(), None, None),
    };

    let version = run.and_then(|run| run.automation.as_ref()).map(|(_, version)| *version);
    Answer {
        about: About::Robot,
        automation: standing.draft.id.clone(),
        id: id.to_owned(),
        name,
        stage: standing.draft.stage.clone(),
        version: version.or(standing.version.as_ref().map(|version| version.version)),
        verdict: said.verdict,
        sentence: said.sentence,
        at: said.at,
        run: run.map(|run| run.id.clone()),
        event,
        values: said.values,
    }
}

fn drafted<'a>(standing: &'a Standing, id: &str) -> Option<&'a RobotSpec> {
    standing.draft.robots.iter().find(|robot| robot.id == id)
}
