//! The answer about a robot.

mod not_started;
mod step;
mod without_run;

use serde_json::{Map, Value, json};

use super::facts::{Facts, Standing};
use super::words;
use super::{About, Answer, Verdict};
use crate::model::automation::RobotSpec;
use crate::model::event::Outcome;
use crate::time::Timestamp;
use not_started::tell_stage_without_start;
use step::StepOfRobot;
use without_run::RobotWithoutRun;

/// What is said beside who it is about.
struct Said {
    verdict: Verdict,
    sentence: String,
    at: Option<Timestamp>,
    values: Map<String, Value>,
}

impl Said {
    fn new(verdict: Verdict, at: Option<Timestamp>, sentence: String) -> Self {
        Self { verdict, sentence, at, values: Map::new() }
    }

    fn with(mut self, key: &str, value: Value) -> Self {
        self.values.insert(key.to_owned(), value);
        self
    }
}

/// Why the robot `id` of an automation did or did not run for the item.
pub(super) fn answer(facts: &Facts, standing: &Standing, id: &str) -> Answer {
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

/// The loop guard stopped the robot, as a step or with its whole stage.
fn tell_loop_guard(facts: &Facts, who: &str, at: Option<Timestamp>, path: &[String]) -> Said {
    let when = at.map(|at| words::when(&facts.time_zone, at)).unwrap_or_default();
    let path_in_words = words::path(path);
    let sentence = format!(
        "{who} was stopped at {when} by the loop guard; the path that led there: {path_in_words}"
    );
    Said::new(Verdict::LoopGuard, at, sentence).with("path", json!(path))
}

/// Why a plugin cannot be called now.
pub(super) fn plugin_hindrance(facts: &Facts, plugin: &str) -> Option<(Verdict, String)> {
    let known = facts.plugin(plugin)?;
    if known.plugin.is_none() {
        return Some((Verdict::PluginMissing, format!("the plugin `{plugin}` is not installed")));
    }
    let why = || format!("the plugin `{plugin}` is not enabled for this tenant");
    (!known.enabled).then(|| (Verdict::PluginNotEnabled, why()))
}
