//! What is said of a robot.

use serde_json::{Map, Value, json};

use crate::time::Timestamp;
use crate::why::answer::Verdict;
use crate::why::facts::Facts;
use crate::why::words;

/// What is said beside who it is about.
pub(super) struct Said {
    pub(super) verdict: Verdict,
    pub(super) sentence: String,
    pub(super) at: Option<Timestamp>,
    pub(super) values: Map<String, Value>,
}

impl Said {
    pub(super) fn new(verdict: Verdict, at: Option<Timestamp>, sentence: String) -> Self {
        Self { verdict, sentence, at, values: Map::new() }
    }

    pub(super) fn with(mut self, key: &str, value: Value) -> Self {
        self.values.insert(key.to_owned(), value);
        self
    }
}

/// The loop guard stopped the robot, as a step or with its whole stage.
pub(super) fn tell_loop_guard(
    facts: &Facts,
    who: &str,
    at: Option<Timestamp>,
    path: &[String],
) -> Said {
    let when = at.map(|at| words::when(&facts.time_zone, at)).unwrap_or_default();
    let path_in_words = words::path(path);
    let sentence = format!(
        "{who} was stopped at {when} by the loop guard; the path that led there: {path_in_words}"
    );

    Said::new(Verdict::LoopGuard, at, sentence).with("path", json!(path))
}
