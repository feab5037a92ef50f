//! Runs as clients see them.

use serde::Serialize;
use serde_json::{Map, Value};

use stagewright_core::call::{Blame, LogLine, Usage};
use stagewright_core::condition::Judged;
use stagewright_core::context::Cause;
use stagewright_core::model::record::RecordRef;
use stagewright_core::model::run::{Attempt, AttemptError, Run, Step, StepState};
use stagewright_core::time::Timestamp;

use crate::http::automations::RobotView;

/// A run as clients see it.
#[derive(Debug, Serialize)]
pub(in crate::http) struct RunView {
    id: String,
    record: RecordRef,
    automation: Option<String>,
    /// The automation's version.
    published: Option<u32>,
    stage: Option<String>,
    invoked: Option<RobotView>,
    by: Option<String>,
    on_behalf_of: Option<String>,
    cause: Cause,
    started_at: Timestamp,
    ended_at: Option<Timestamp>,
    over: bool,
    steps: Vec<StepView>,
}

/// A step as clients see it: without where its due row lies, which is the host's own business.
#[derive(Debug, Serialize)]
struct StepView {
    id: String,
    plugin: String,
    robot: String,
    #[serde(flatten)]
    state: StepState,
    due_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    committed: bool,
    keep: bool,
    note: Option<String>,
    ended_at: Option<Timestamp>,
    attempts: Vec<AttemptView>,
    tries: u32,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    by_person: bool,
    /// Absent where nobody had it run again.
    #[serde(skip_serializing_if = "Option::is_none")]
    reruns: Option<u32>,
    results: Map<String, Value>,
    effects: Vec<String>,
    deliveries: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    condition: Option<Judged>,
}

/// One try of a step as clients see it.
#[derive(Debug, Serialize)]
struct AttemptView {
    at: Timestamp,
    version: String,
    usage: Usage,
    log: Vec<LogLine>,
    error: Option<AttemptErrorView>,
}

/// Why a try failed, as clients see it.
#[derive(Debug, Serialize)]
struct AttemptErrorView {
    code: String,
    message: String,
    blame: Blame,
    retry_at: Option<Timestamp>,
}

impl RunView {
    pub(in crate::http) fn of(run: Run) -> Self {
        let over = run.is_over();
        let Run {
            id,
            item: record,
            automation,
            stage,
            epoch: _,
            started_at,
            entered_at: _,
            ended_at,
            cause,
            invoked,
            by,
            on_behalf_of,
            listed: _,
            steps,
        } = run;

        let (automation, published) = automation.unzip();
        Self {
            id,
            record,
            automation,
            published,
            stage,
            invoked: invoked.map(RobotView::of),
            by,
            on_behalf_of,
            cause,
            started_at,
            ended_at,
            over,
            steps: steps.into_iter().map(StepView::of).collect(),
        }
    }
}

impl StepView {
    fn of(step: Step) -> Self {
        let Step {
            id,
            plugin,
            robot,
            state,
            due_at,
            due_row: _,
            committed,
            keep,
            note,
            ended_at,
            attempts,
            tries,
            by_person,
            reruns,
            results,
            effects,
            deliveries,
            condition,
        } = step;

        Self {
            id,
            plugin,
            robot,
            state,
            due_at,
            committed,
            keep,
            note,
            ended_at,
            attempts: attempts.into_iter().map(AttemptView::of).collect(),
            tries,
            by_person,
            reruns: (reruns > 0).then_some(reruns),
            results,
            effects,
            deliveries,
            condition,
        }
    }
}

impl AttemptView {
    fn of(attempt: Attempt) -> Self {
        let Attempt { at, version, usage, log, error } = attempt;
        Self { at, version, usage, log, error: error.map(AttemptErrorView::of) }
    }
}

impl AttemptErrorView {
    fn of(error: AttemptError) -> Self {
        let AttemptError { code, message, blame, retry_at } = error;
        Self { code, message, blame, retry_at }
    }
}
