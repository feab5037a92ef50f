//! Robots: an action on an item.

use crate::{Context, Failure, Results, Run, Settings, Text};

/// How a robot ended well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Done<R> {
    /// It did its work; these are the results.
    Done(R),
    /// There was nothing to do, and why. Counts as success and has no results.
    Skipped(String),
}

/// What [`Robot::run`] answers. `?` on a host call turns a refusal into a [`Failure`].
pub type Outcome<R> = Result<Done<R>, Failure>;

/// The end of a robot that did its work.
///
/// # Errors
/// None; it is an [`Outcome`] so that it can be the last line of `run`.
pub fn done<R>(results: R) -> Outcome<R> {
    Ok(Done::Done(results))
}

/// The end of a robot that had nothing to do.
///
/// # Errors
/// None; it is an [`Outcome`] so that it can be the last line of `run`.
pub fn skip<R>(reason: impl Into<String>) -> Outcome<R> {
    Ok(Done::Skipped(reason.into()))
}

/// One robot. The type's fields are its settings.
pub trait Robot: Settings {
    /// What later robots may refer to.
    type Results: Results;

    /// The id within the plugin; automations keep it, so never change it.
    const ID: &'static str;
    /// The name in the catalogue.
    const NAME: Text;
    /// What it does, in a sentence or two.
    const DESCRIPTION: Text;
    /// The group in the catalogue: `communication`, `informing-employees`, `employee-control`,
    /// `data`, `automation`, or one of its own.
    const GROUP: &'static str;
    /// The kinds of items that it works on; empty means all.
    const KINDS: &'static [&'static str] = &[];

    /// Does the work. Writes are only recorded: they are committed together when this answers `Ok`,
    /// and forgotten otherwise.
    ///
    /// # Errors
    /// Whatever the admin should read; [`Failure::retry`] asks for another attempt.
    fn run(&self, cx: &Run) -> Outcome<Self::Results>;
}

/// Decodes, runs and encodes: what the exported `run` does for the robot `R`.
///
/// # Errors
/// The robot's failure, or `bad-setting`.
pub fn run<R: Robot>(context: Context) -> Outcome<String> {
    let robot = R::from_json(&context.settings)?;
    Ok(match robot.run(&Run::new(context.call))? {
        Done::Done(results) => {
            Done::Done(serde_json::Value::Object(results.into_fields()).to_string())
        }
        Done::Skipped(reason) => Done::Skipped(reason),
    })
}
