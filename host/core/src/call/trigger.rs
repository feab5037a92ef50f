//! A call of a trigger, and what it answers.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::build::Build;
use super::context::CallContext;
use super::failure::CallFailure;
use super::usage::{LogLine, Usage};
use crate::scope::Scope;

/// A call of a trigger.
#[derive(Debug)]
pub struct TriggerCall {
    /// What is called.
    pub build: Build,
    /// What it is told.
    pub context: CallContext,
    /// The event, as the JSON that the contract describes.
    pub event: Value,
    /// What it may see.
    pub scope: Scope,
}

/// What a trigger says.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Verdict {
    /// The condition holds.
    Fire,
    /// It does not, and why.
    Ignore(String),
}

/// A trigger's answer.
#[derive(Debug)]
pub struct TriggerAnswer {
    /// What it says.
    pub verdict: Result<Verdict, CallFailure>,
    /// What it used.
    pub usage: Usage,
    /// What it logged.
    pub log: Vec<LogLine>,
}
