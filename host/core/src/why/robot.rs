//! The answer about a robot.

use serde_json::{Map, Value, json};

use super::facts::{Facts, Known, Standing};
use super::{About, Answer, Verdict};
use super::{conditions, words};
use crate::model::automation::RobotSpec;
use crate::model::event::{Candidate, Decisions, Outcome};
use crate::model::pauses::Pausable;
use crate::model::run::{Run, Step, StepState};
use crate::time::Timestamp;

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
    // The stage was entered since, without a run. Several things may happen within a millisecond, so the order of events counts.
    let stopped = facts.decided(standing, None).next().filter(|(decisions, candidate)| {
        !matches!(candidate.outcome, Outcome::Ran { .. }) && started.is_none_or(|at| at <= decisions.at)
    });
    let spec = step.and_then(|(run, ..)| facts.spec_of(run, id)).or_else(|| standing.robot(id)).or_else(|| drafted(standing, id));
    let name = spec.map_or(id, |spec| if spec.name.is_empty() { id } else { &spec.name }).to_owned();
    let (said, run, event) = match (stopped, step) {
        (Some((decisions, candidate)), _) => (of_stage(facts, &name, decisions, candidate), None, Some(decisions.event.clone())),
        (None, Some((run, place, step))) => (of_step(facts, &name, spec, run, place, step), Some(run), run.cause.event.clone()),
        (None, None) => (of_nothing(facts, standing, &name, id), None, None),
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

/// What became of its step.
fn of_step(facts: &Facts, name: &str, spec: Option<&RobotSpec>, run: &Run, place: usize, step: &Step) -> Said {
    let when = |at: Timestamp| words::when(&facts.time_zone, at);
    let ended = step.ended_at.map(when).unwrap_or_default();
    let who = format!("robot `{name}`");
    let said = match &step.state {
        StepState::WaitingTime => waiting(facts, &who, spec, step),
        StepState::WaitingPrevious => {
            let before = place.checked_sub(1).and_then(|before| run.steps.get(before));
            let (id, state) = before.map_or(("", String::new()), |before| (&before.id, so_far(facts, before)));
            let sentence = format!("{who} waits for the robot before it, `{id}`, which {state}");
            Said::new(Verdict::WaitsForPrevious, before.and_then(|before| before.due_at), sentence).with("previous", json!(id))
        }
        StepState::WaitingField { field } => {
            let plan = spec.map(|spec| format!(" and then runs {}", words::plan(spec))).unwrap_or_default();
            let sentence = format!("{who} waits for the field {field} to be filled in{plan}");
            Said::new(Verdict::WaitsForField, None, sentence).with("field", json!(field))
        }
        StepState::Paused { by } => {
            let sentence = format!(
                "{who} was due at {} and waits because its {by} is paused; resuming it lets it run",
                paused_at(facts, step)
            );
            Said::new(Verdict::Paused, step.due_at, sentence).with("by", json!(by))
        }
        StepState::Done => {
            let did = if step.effects.is_empty() { String::new() } else { format!(" and did: {}", step.effects.join("; ")) };
            let said = Said::new(Verdict::Ran, step.ended_at, format!("{who} ran at {ended}{did}"));
            said.with("effects", json!(step.effects)).with("results", json!(step.results))
        }
        StepState::Skipped { reason } => {
            let told = conditions::told(reason, step.condition.as_ref());
            Said::new(Verdict::Skipped, step.ended_at, format!("{who} did not run at {ended}: {told}"))
                .with("reason", json!(reason))
        }
        StepState::Failed { class, code, reason } => {
            let blame = step.attempts.last().and_then(|attempt| attempt.error.as_ref()).map(|error| words::blame(error.blame));
            let blame = blame.unwrap_or("its settings or the item's data");
            let tries = if step.tries > 1 { format!(", after {} tries", step.tries) } else { String::new() };
            let sentence = format!(
                "{who} failed at {ended}{tries}: {reason}; the fault lies with {blame}, and it is not tried again by itself, only by a \
                 retry of the run"
            );
            let said = Said::new(Verdict::Failed, step.ended_at, sentence);
            said.with("class", json!(class)).with("code", json!(code)).with("reason", json!(reason))
        }
        StepState::Cancelled { reason } => {
            let why = words::cancelled(reason, facts.stage_name(run.stage.as_deref().unwrap_or_default()));
            Said::new(Verdict::Cancelled, step.ended_at, format!("{who} was cancelled at {ended}: {why}"))
                .with("reason", json!(reason))
        }
        StepState::LoopGuard { path } => loop_guard(facts, &who, step.ended_at, path),
    };
    let said = match ahead(facts, run, step) {
        Some(ahead) => Said { sentence: format!("{}; {ahead}", said.sentence), ..said },
        None => said,
    };
    let said = match &step.note {
        Some(note) => said.with("note", json!(note)),
        None => said,
    };
    match &step.condition {
        Some(judged) => said.with("condition", json!(judged)),
        None => said,
    }
}

/// When a step was due that a pause holds back.
fn paused_at(facts: &Facts, step: &Step) -> String {
    step.due_at.map(|at| words::when(&facts.time_zone, at)).unwrap_or_default()
}

/// A step that has its moment.
fn waiting(facts: &Facts, who: &str, spec: Option<&RobotSpec>, step: &Step) -> Said {
    let when = |at: Timestamp| words::when(&facts.time_zone, at);
    let due = step.due_at.map(when).unwrap_or_default();
    if step.committed {
        let did = if step.effects.is_empty() { String::new() } else { format!("did: {}; it ", step.effects.join("; ")) };
        let sentence = format!("{who} {did}waits until {due}, and the robots that run after it wait with it");
        return Said::new(Verdict::Waits, step.due_at, sentence).with("effects", json!(step.effects));
    }
    let failed = step.attempts.last().and_then(|attempt| attempt.error.as_ref().map(|error| (attempt, error)));
    if let Some((attempt, error)) = failed {
        let sentence = format!(
            "{who} failed at {}: {}; the fault lies with {}, and it is tried again at {due}",
            when(attempt.at),
            error.message,
            words::blame(error.blame)
        );
        return Said::new(Verdict::Retrying, step.due_at, sentence)
            .with("code", json!(error.code))
            .with("tries", json!(step.tries));
    }
    let plan = spec.map(words::plan).unwrap_or_else(|| "at once".to_owned());
    let how = step.note.as_ref().map_or_else(|| plan.clone(), |note| format!("{plan}; {note}"));
    let sentence = match step.due_at {
        Some(at) if at <= facts.now => format!("{who} is about to run: it is due since {due} ({how})"),
        _ => format!("{who} will run at {due} ({how})"),
    };
    Said::new(Verdict::WillRun, step.due_at, sentence).with("how", json!(how))
}

/// What will come between a step that is to run and its run, as things stand now.
fn ahead(facts: &Facts, run: &Run, step: &Step) -> Option<String> {
    let is_to_run = match step.state {
        StepState::WaitingTime => !step.committed,
        StepState::WaitingField { .. } | StepState::WaitingPrevious => true,
        _ => false,
    };
    if !is_to_run {
        return None;
    }
    if let Some((_, why)) = plugin_hindrance(facts, &step.plugin) {
        return Some(format!("as things stand it will fail then, because {why}"));
    }
    let automation = run.automation.as_ref().map(|(id, _)| id.as_str());
    if let Some(held) = facts.pauses.holding(automation, &step.plugin) {
        return Some(format!("{}: unless it is resumed by then, the robot waits", held.reason()));
    }
    let sends = facts.plugin(&step.plugin).is_some_and(Known::sends);
    let paused = facts.pauses.sending.as_ref().filter(|_| sends).map(|_| Pausable::Sending.reason());
    paused.map(|reason| format!("{reason}: unless it is resumed by then, what the robot sends waits"))
}

/// Where the robot stands that another one waits for.
fn so_far(facts: &Facts, step: &Step) -> String {
    match &step.state {
        StepState::WaitingTime => {
            let due = step.due_at.map(|at| words::when(&facts.time_zone, at)).unwrap_or_default();
            format!("will run at {due}")
        }
        StepState::WaitingPrevious => "waits for the one before it in turn".to_owned(),
        StepState::WaitingField { field } => format!("waits for the field {field} to be filled in"),
        StepState::Paused { by } => format!("waits because its {by} is paused"),
        StepState::Done => "has run".to_owned(),
        StepState::Skipped { .. } => "was skipped".to_owned(),
        StepState::Failed { .. } => "failed".to_owned(),
        StepState::Cancelled { .. } => "was cancelled".to_owned(),
        StepState::LoopGuard { .. } => "was stopped by the loop guard".to_owned(),
    }
}

/// The stage was entered, and its robots did not start.
fn of_stage(facts: &Facts, name: &str, decisions: &Decisions, candidate: &Candidate) -> Said {
    let at = words::when(&facts.time_zone, decisions.at);
    let who = format!("robot `{name}`");
    match &candidate.outcome {
        Outcome::Ran { .. } => Said::new(Verdict::Ran, Some(decisions.at), format!("{who} started at {at}")),
        Outcome::Skipped { reason } => {
            Said::new(Verdict::Skipped, Some(decisions.at), format!("{who} did not start at {at}: {reason}"))
                .with("reason", json!(reason))
        }
        Outcome::Lost { to } => {
            Said::new(Verdict::Lost, Some(decisions.at), format!("{who} did not start at {at}: {to} came first"))
                .with("to", json!(to))
        }
        Outcome::Cancelled { reason } => {
            let why = words::cancelled(reason, facts.stage_name(&candidate.stage));
            let sentence = format!("{who} did not start at {at}: {why} before its robots began");
            Said::new(Verdict::Cancelled, Some(decisions.at), sentence).with("reason", json!(reason))
        }
        Outcome::LoopGuard { path } => loop_guard(facts, &who, Some(decisions.at), path),
        Outcome::Failed { code, message } => {
            let said = Said::new(Verdict::Failed, Some(decisions.at), format!("{who} did not start at {at}: {message}"));
            said.with("code", json!(code))
        }
    }
}

fn loop_guard(facts: &Facts, who: &str, at: Option<Timestamp>, path: &[String]) -> Said {
    let when = at.map(|at| words::when(&facts.time_zone, at)).unwrap_or_default();
    let sentence = format!("{who} was stopped at {when} by the loop guard; the path that led there: {}", words::path(path));
    Said::new(Verdict::LoopGuard, at, sentence).with("path", json!(path))
}

/// No run knows the robot.
fn of_nothing(facts: &Facts, standing: &Standing, name: &str, id: &str) -> Said {
    let when = |at: Timestamp| words::when(&facts.time_zone, at);
    let who = format!("robot `{name}`");
    let automation = &standing.draft.id;
    if let Some(at) = facts.item.deleted_at {
        return Said::new(Verdict::ItemDeleted, Some(at), format!("{who} did not run: the item was deleted at {}", when(at)));
    }
    let Some(version) = &standing.version else {
        let sentence = format!("{who} did not run: the automation `{automation}` has never been published");
        return Said::new(Verdict::NotPublished, None, sentence);
    };
    if standing.robot(id).is_none() {
        let number = version.version;
        let sentence =
            format!("{who} did not run: it stands in the draft alone, and version {number}, which is published, is without it");
        return Said::new(Verdict::NotPublished, None, sentence);
    }
    if standing.draft.pipeline != facts.pipeline.id {
        let (its, own) = (&standing.draft.pipeline, &facts.pipeline.id);
        let sentence = format!("{who} did not run: it stands on the pipeline `{its}`, and the item moves through `{own}`");
        return Said::new(Verdict::OtherPipeline, None, sentence);
    }
    let stage = facts.stage_name(&standing.draft.stage);
    if facts.item.text("stage") != standing.draft.stage {
        let here = facts.stage_name(facts.item.text("stage"));
        let sentence = format!(
            "{who} did not run: it stands on the stage {stage}, and the item, which is on {here}, has not come there \
                                since it was published at {}",
            when(version.published_at)
        );
        return Said::new(Verdict::NotReached, None, sentence);
    }
    let entered = facts.item.stage_entered_at.unwrap_or(facts.item.created_at);
    if facts.is_behind() {
        let sentence =
            format!("{who} has not started yet: the item came to {stage} at {}, which is being looked at", when(entered));
        return Said::new(Verdict::Pending, Some(entered), sentence);
    }
    if let Some((verdict, why)) = plugin_hindrance(facts, &standing.robot(id).map(|spec| spec.plugin.clone()).unwrap_or_default()) {
        return Said::new(verdict, None, format!("{who} did not run: {why}"));
    }
    if entered <= version.published_at {
        let sentence = format!(
            "{who} did not run: version {} of `{automation}` was published at {}, after the item had come to {stage} at {}; applying it to \
             the items that are there already runs it",
            version.version,
            when(version.published_at),
            when(entered)
        );
        return Said::new(Verdict::PublishedLater, Some(version.published_at), sentence);
    }
    let sentence = format!("{who} did not run: the item was put on {stage} at {} without automation, as imports do", when(entered));
    Said::new(Verdict::Suppressed, Some(entered), sentence)
}

/// Why a plugin cannot be called now.
pub(super) fn plugin_hindrance(facts: &Facts, plugin: &str) -> Option<(Verdict, String)> {
    let known = facts.plugin(plugin)?;
    if known.plugin.is_none() {
        return Some((Verdict::PluginMissing, format!("the plugin `{plugin}` is not installed")));
    }
    (!known.enabled).then(|| (Verdict::PluginNotEnabled, format!("the plugin `{plugin}` is not enabled for this tenant")))
}
