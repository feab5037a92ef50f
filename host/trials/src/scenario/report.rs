//! What came of running scenarios.

use std::fmt;
use std::path::PathBuf;

use super::problem::Problem;

/// What came of all of them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Report {
    /// One for every file, in order.
    pub outcomes: Vec<Outcome>,
}

/// What came of one scenario.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outcome {
    /// Its file.
    pub path: PathBuf,
    /// Its title; empty where the file cannot be read.
    pub title: String,
    /// What came of it.
    pub verdict: Verdict,
}

/// What can come of a scenario.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// Everything was seen as expected.
    Passed {
        /// How many expectations were judged.
        expectations: usize,
        /// How many inversions of them were judged, and failed as they should.
        inversions: usize,
    },
    /// Something was not.
    Failed(Box<Failure>),
    /// Inversions that still hold: these expectations prove nothing.
    Vacuous(Vec<Problem>),
    /// The file makes no sense.
    Invalid(Vec<Problem>),
}

/// Where and how a scenario failed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Failure {
    /// The place and what went wrong there.
    pub problem: Problem,
    /// The step, such as `step 3 at 30m`.
    pub step: String,
    /// What was expected and found, a line each.
    pub details: Vec<String>,
    /// What happened to the scenario's items, a line each.
    pub timeline: Vec<String>,
}

impl Report {
    /// Whether everything passed.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        self.outcomes.iter().all(|outcome| matches!(outcome.verdict, Verdict::Passed { .. }))
    }

    /// The last line: how many passed, and what to do about the others.
    #[must_use]
    pub fn summary(&self) -> String {
        let count = |is: fn(&Verdict) -> bool| {
            self.outcomes.iter().filter(|outcome| is(&outcome.verdict)).count()
        };
        let passed = count(|verdict| matches!(verdict, Verdict::Passed { .. }));
        let mut text = format!("{passed} of {} scenarios passed", self.outcomes.len());

        if count(|verdict| matches!(verdict, Verdict::Failed(_))) > 0 {
            text.push_str(
                "; compare what was expected with what was found above: either the file \
                or the product is wrong",
            );
        }
        if count(|verdict| matches!(verdict, Verdict::Vacuous(_))) > 0 {
            text.push_str(
                "; make the expectations above say more: what cannot fail proves nothing",
            );
        }
        if count(|verdict| matches!(verdict, Verdict::Invalid(_))) > 0 {
            text.push_str("; correct the files above");
        }

        text
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();

        match &self.verdict {
            Verdict::Passed { expectations, inversions: 0 } => {
                write!(f, "ok    {path}: {} ({expectations} expectations)", self.title)
            }
            Verdict::Passed { expectations, inversions } => {
                write!(
                    f,
                    "ok    {path}: {} ({expectations} expectations, {inversions} inversions)",
                    self.title
                )
            }
            Verdict::Failed(failure) => write!(f, "FAIL  {path}: {}\n{failure}", self.title),
            Verdict::Vacuous(problems) => {
                write!(f, "FAIL  {path}: {}", self.title)?;
                problems.iter().try_for_each(|problem| write!(f, "\n  {problem}"))
            }
            Verdict::Invalid(problems) => {
                write!(f, "ERROR {path}")?;
                problems.iter().try_for_each(|problem| write!(f, "\n  {problem}"))
            }
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "  {}\n  {}", self.problem, self.step)?;
        self.details.iter().try_for_each(|line| write!(f, "\n    {line}"))?;
        self.timeline.iter().try_for_each(|line| write!(f, "\n  {line}"))
    }
}
