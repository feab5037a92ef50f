//! A call of a robot, and what it answers.

use serde_json::{Map, Value};

use super::build::Build;
use super::context::CallContext;
use super::failure::CallFailure;
use super::usage::{LogLine, Usage};
use crate::scope::Scope;

/// A call of a robot.
#[derive(Debug)]
pub struct RobotCall {
    /// What is called.
    pub build: Build,
    /// What it is told.
    pub context: CallContext,
    /// What it may see, and where its effects are recorded.
    pub scope: Scope,
}

/// What a robot came to.
#[derive(Clone, PartialEq, Debug)]
pub enum RobotOutcome {
    /// Done, with results.
    Done(Map<String, Value>),
    /// Nothing to do, and why.
    Skipped(String),
}

/// A robot's answer. The scope comes back with the recorded effects, whatever the outcome.
#[derive(Debug)]
pub struct RobotAnswer {
    /// What came of it.
    pub outcome: Result<RobotOutcome, CallFailure>,
    /// Reads and recorded effects.
    pub scope: Scope,
    /// What it used.
    pub usage: Usage,
    /// What it logged.
    pub log: Vec<LogLine>,
}
