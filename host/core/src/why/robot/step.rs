//! What became of a robot's step.

use serde_json::json;

use super::said::{Said, tell_loop_guard};
use crate::model::automation::RobotSpec;
use crate::model::ending::{CancelReason, FailureClass};
use crate::model::pauses::{Pausable, PausableKind};
use crate::model::run::{Run, Step, StepState};
use crate::time::Timestamp;
use crate::why::facts::{Facts, Known};
use crate::why::hindrance::plugin_hindrance;
use crate::why::{Verdict, conditions, words};

/// A robot's newest step.
pub(super) struct StepOfRobot<'a> {
    pub(super) facts: &'a Facts,
    /// The robot, as sentences begin with it.
    pub(super) who: &'a str,
    /// The robot as it was configured, where that is still known.
    pub(super) spec: Option<&'a RobotSpec>,
    pub(super) run: &'a Run,
    /// The step's place in the run.
    pub(super) place: usize,
    pub(super) step: &'a Step,
}

impl StepOfRobot<'_> {
    /// What became of the step, what will come before it runs, and what was noted and judged.
    pub(super) fn tell(&self) -> Said {
        let mut said = self.tell_state();
        if let Some(ahead) = self.foresee() {
            said.sentence = format!("{}; {ahead}", said.sentence);
        }

        if let Some(note) = &self.step.note {
            said = said.with("note", json!(note));
        }

        match &self.step.condition {
            Some(judged) => said.with("condition", json!(judged)),
            None => said,
        }
    }

    fn tell_state(&self) -> Said {
        match &self.step.state {
            StepState::WaitingTime => self.tell_waiting_for_moment(),
            StepState::WaitingPrevious => self.tell_waiting_for_previous(),
            StepState::WaitingField { field } => self.tell_waiting_for_field(field),
            StepState::Paused { by } => self.tell_paused(*by),
            StepState::Done => self.tell_done(),
            StepState::Skipped { reason } => self.tell_skipped(reason),
            StepState::Failed { class, code, reason } => self.tell_failed(*class, code, reason),
            StepState::Cancelled { reason } => self.tell_cancelled(*reason),
            StepState::LoopGuard { path } => {
                tell_loop_guard(self.facts, self.who, self.step.ended_at, path)
            }
        }
    }

    /// It has its moment: for its effects to count as done, for another try, or for its first.
    fn tell_waiting_for_moment(&self) -> Said {
        let (who, step, due) = (self.who, self.step, self.due());
        if step.committed {
            let effects = step.effects.join("; ");
            let did = if step.effects.is_empty() {
                String::new()
            } else {
                format!("did: {effects}; it ")
            };
            let sentence = format!(
                "{who} {did}waits until {due}, and the robots that run after it wait with it"
            );
            return Said::new(Verdict::Waits, step.due_at, sentence)
                .with("effects", json!(step.effects));
        }

        if let Some(said) = self.tell_retrying() {
            return said;
        }

        let plan = self.spec.map(words::plan).unwrap_or_else(|| "at once".to_owned());
        let how = step.note.as_ref().map_or_else(|| plan.clone(), |note| format!("{plan}; {note}"));

        let sentence = match step.due_at {
            Some(at) if at <= self.facts.now => {
                format!("{who} is about to run: it is due since {due} ({how})")
            }
            _ => format!("{who} will run at {due} ({how})"),
        };

        Said::new(Verdict::WillRun, step.due_at, sentence).with("how", json!(how))
    }

    /// It failed, and is to be tried again.
    fn tell_retrying(&self) -> Option<Said> {
        let (who, due) = (self.who, self.due());
        let attempt = self.step.attempts.last()?;
        let error = attempt.error.as_ref()?;

        let (at, message, blame) =
            (self.when(attempt.at), &error.message, words::blame(error.blame));

        let sentence = format!(
            "{who} failed at {at}: {message}; the fault lies with {blame}, and it is tried again \
             at {due}"
        );

        let said = Said::new(Verdict::Retrying, self.step.due_at, sentence);
        Some(said.with("code", json!(error.code)).with("tries", json!(self.step.tries)))
    }

    fn tell_waiting_for_previous(&self) -> Said {
        let who = self.who;
        let before = self.place.checked_sub(1).and_then(|before| self.run.steps.get(before));
        let (id, state) = before
            .map_or(("", String::new()), |before| (&before.id, describe_state(self.facts, before)));

        let sentence = format!("{who} waits for the robot before it, `{id}`, which {state}");

        let at = before.and_then(|before| before.due_at);
        Said::new(Verdict::WaitsForPrevious, at, sentence).with("previous", json!(id))
    }

    fn tell_waiting_for_field(&self, field: &str) -> Said {
        let who = self.who;
        let plan = self
            .spec
            .map(|spec| format!(" and then runs {}", words::plan(spec)))
            .unwrap_or_default();

        let sentence = format!("{who} waits for the field {field} to be filled in{plan}");
        Said::new(Verdict::WaitsForField, None, sentence).with("field", json!(field))
    }

    fn tell_paused(&self, by: PausableKind) -> Said {
        let (who, due) = (self.who, self.due());
        let sentence = format!(
            "{who} was due at {due} and waits because its {} is paused; resuming it lets it run",
            by.word()
        );
        Said::new(Verdict::Paused, self.step.due_at, sentence).with("by", json!(by))
    }

    fn tell_done(&self) -> Said {
        let (who, step, ended) = (self.who, self.step, self.ended());

        let effects = step.effects.join("; ");
        let did =
            if step.effects.is_empty() { String::new() } else { format!(" and did: {effects}") };

        let said = Said::new(Verdict::Ran, step.ended_at, format!("{who} ran at {ended}{did}"));
        said.with("effects", json!(step.effects)).with("results", json!(step.results))
    }

    fn tell_skipped(&self, reason: &str) -> Said {
        let (who, ended) = (self.who, self.ended());

        let told = conditions::told(reason, self.step.condition.as_ref());
        let sentence = format!("{who} did not run at {ended}: {told}");
        Said::new(Verdict::Skipped, self.step.ended_at, sentence).with("reason", json!(reason))
    }

    fn tell_failed(&self, class: FailureClass, code: &str, reason: &str) -> Said {
        let (who, step, ended) = (self.who, self.step, self.ended());

        let error = step.attempts.last().and_then(|attempt| attempt.error.as_ref());
        let blame =
            error.map_or("its settings or the item's data", |error| words::blame(error.blame));
        let tries =
            if step.tries > 1 { format!(", after {} tries", step.tries) } else { String::new() };

        let sentence = format!(
            "{who} failed at {ended}{tries}: {reason}; the fault lies with {blame}, and it is not \
             tried again by itself, only by a retry of the run"
        );

        let said = Said::new(Verdict::Failed, step.ended_at, sentence);
        said.with("class", json!(class)).with("code", json!(code)).with("reason", json!(reason))
    }

    fn tell_cancelled(&self, reason: CancelReason) -> Said {
        let (who, ended) = (self.who, self.ended());

        let stage = self.facts.stage_name(self.run.stage.as_deref().unwrap_or_default());
        let why = words::cancelled(reason, stage);

        let sentence = format!("{who} was cancelled at {ended}: {why}");
        Said::new(Verdict::Cancelled, self.step.ended_at, sentence).with("reason", json!(reason))
    }

    /// What will come between a step that is to run and its run, as things stand now.
    fn foresee(&self) -> Option<String> {
        let (facts, step) = (self.facts, self.step);
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

        let automation = self.run.automation.as_ref().map(|(id, _)| id.as_str());
        if let Some(held) = facts.pauses.holding(automation, &step.plugin) {
            return Some(format!(
                "{}: unless it is resumed by then, the robot waits",
                held.reason()
            ));
        }

        let sends = facts.plugin(&step.plugin).is_some_and(Known::sends);
        let paused =
            facts.pauses.sending.as_ref().filter(|_| sends).map(|_| Pausable::Sending.reason());

        paused.map(|reason| {
            format!("{reason}: unless it is resumed by then, what the robot sends waits")
        })
    }

    fn when(&self, at: Timestamp) -> String {
        words::when(&self.facts.time_zone, at)
    }

    fn due(&self) -> String {
        self.step.due_at.map(|at| self.when(at)).unwrap_or_default()
    }

    fn ended(&self) -> String {
        self.step.ended_at.map(|at| self.when(at)).unwrap_or_default()
    }
}

/// Where the robot stands that another one waits for.
fn describe_state(facts: &Facts, step: &Step) -> String {
    match &step.state {
        StepState::WaitingTime => {
            let due = step.due_at.map(|at| words::when(&facts.time_zone, at)).unwrap_or_default();
            format!("will run at {due}")
        }
        StepState::WaitingPrevious => "waits for the one before it in turn".to_owned(),
        StepState::WaitingField { field } => format!("waits for the field {field} to be filled in"),
        StepState::Paused { by } => format!("waits because its {} is paused", by.word()),
        StepState::Done => "has run".to_owned(),
        StepState::Skipped { .. } => "was skipped".to_owned(),
        StepState::Failed { .. } => "failed".to_owned(),
        StepState::Cancelled { .. } => "was cancelled".to_owned(),
        StepState::LoopGuard { .. } => "was stopped by the loop guard".to_owned(),
    }
}
