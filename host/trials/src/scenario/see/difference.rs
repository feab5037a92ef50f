//! What differs between what is expected and what is there.

use std::fmt;

use serde_json::Value;

use stagewright_core::time::Timestamp;

use crate::scenario::grammar::{Moment, Pattern, matches};
use crate::scenario::world::Names;

/// Differences, one a line.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(in crate::scenario) struct Difference {
    lines: Vec<String>,
}

impl Difference {
    /// One difference.
    pub(in crate::scenario) fn of(expected: impl fmt::Display, found: impl fmt::Display) -> Self {
        let mut difference = Self::default();
        difference.add(expected, found);
        difference
    }

    /// Adds a difference.
    pub(super) fn add(&mut self, expected: impl fmt::Display, found: impl fmt::Display) {
        self.lines.push(format!("expected {expected}"));
        self.lines.push(format!("found    {found}"));
    }

    /// Compares a text.
    pub(super) fn text(&mut self, what: &str, expected: Option<&Pattern>, found: Option<&str>) {
        let Some(pattern) = expected else { return };
        if !found.is_some_and(|text| pattern.matches(text)) {
            self.add(format_args!("{what} `{pattern}`"), Found(what, found));
        }
    }

    /// Compares a moment.
    pub(super) fn moment(
        &mut self,
        names: &Names,
        what: &str,
        expected: Option<&Moment>,
        found: Option<&str>,
    ) -> Result<(), String> {
        let Some(moment) = expected else { return Ok(()) };
        let at = names.at(moment)?;
        if found.and_then(|text| text.parse().ok()) != Some(at) {
            self.add(format_args!("{what} {moment}, which is {at}"), Found(what, found));
        }
        Ok(())
    }

    /// Compares a number.
    pub(super) fn count(&mut self, what: &str, expected: Option<u64>, found: u64) {
        if let Some(count) = expected.filter(|count| *count != found) {
            self.add(format_args!("{count} {what}"), found);
        }
    }

    /// Compares JSON.
    pub(super) fn json(&mut self, what: &str, expected: &Value, found: Option<&Value>) {
        if !matches(expected, found) {
            self.add(
                format_args!("{what} {expected}"),
                found.map_or_else(|| format!("no {what}"), |found| format!("{what} {found}")),
            );
        }
    }

    /// The verdict.
    pub(super) fn verdict(self) -> Result<(), Self> {
        if self.lines.is_empty() { Ok(()) } else { Err(self) }
    }

    /// Its lines.
    pub(in crate::scenario) fn lines(&self) -> &[String] {
        &self.lines
    }
}

/// A text that was found, or that none was.
struct Found<'a>(&'a str, Option<&'a str>);

impl fmt::Display for Found<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.1 {
            Some(text) => write!(f, "{} `{text}`", self.0),
            None => write!(f, "no {}", self.0),
        }
    }
}

/// A text of a JSON object.
pub(super) fn text<'a>(of: &'a Value, key: &str) -> Option<&'a str> {
    of.get(key).and_then(Value::as_str)
}

/// A moment for people: the time of day, where that is enough to tell two moments apart.
pub(in crate::scenario) fn time_of_day(at: Timestamp) -> String {
    let whole = at.to_string();
    whole.get(11..23).unwrap_or(&whole).to_owned()
}
