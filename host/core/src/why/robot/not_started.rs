//! The stage was entered, and its robots did not start.

use serde_json::json;

use super::said::{Said, tell_loop_guard};
use crate::model::event::{Candidate, Decisions, Outcome};
use crate::why::facts::Facts;
use crate::why::{Verdict, words};

/// What was decided about the stage's robots as a whole when the item entered it.
pub(super) fn tell_stage_without_start(
    facts: &Facts,
    who: &str,
    decisions: &Decisions,
    candidate: &Candidate,
) -> Said {
    let at = words::when(&facts.time_zone, decisions.at);
    let say = |verdict, sentence| Said::new(verdict, Some(decisions.at), sentence);

    match &candidate.outcome {
        Outcome::Ran { .. } => say(Verdict::Ran, format!("{who} started at {at}")),
        Outcome::Skipped { reason } => {
            say(Verdict::Skipped, format!("{who} did not start at {at}: {reason}"))
                .with("reason", json!(reason))
        }
        Outcome::Lost { to } => {
            say(Verdict::Lost, format!("{who} did not start at {at}: {to} came first"))
                .with("to", json!(to))
        }
        Outcome::Cancelled { reason } => {
            let why = words::cancelled(*reason, facts.stage_name(&candidate.stage));
            let sentence = format!("{who} did not start at {at}: {why} before its robots began");
            say(Verdict::Cancelled, sentence).with("reason", json!(reason))
        }
        Outcome::LoopGuard { path } => tell_loop_guard(facts, who, Some(decisions.at), path),
        Outcome::Failed { code, message } => {
            say(Verdict::Failed, format!("{who} did not start at {at}: {message}"))
                .with("code", json!(code))
        }
    }
}
