//! Moments of a scenario.

use std::fmt;

use serde::{Deserialize, Deserializer, de};

use stagewright_core::time::{Timestamp, format_duration, parse_duration_ms};

/// What a moment counts from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Base {
    /// The fixture's start.
    Start,
    /// The creation of a record, or the moment of a step, by its name.
    Named(String),
    /// A date and time.
    At(Timestamp),
}

/// A moment.
///
/// **Shape**: `29m59s` since the start; `deal + 30m`, `deal - 1m` or `deal` from a record's
/// creation or a named step; `2026-03-02T09:00:00+02:00`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Moment {
    /// What it counts from.
    pub base: Base,
    /// Milliseconds after it.
    pub offset_ms: i64,
}

impl Moment {
    /// Reads a moment.
    ///
    /// # Errors
    /// A sentence that says what a moment looks like.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if let Ok(at) = text.parse() {
            return Ok(Self { base: Base::At(at), offset_ms: 0 });
        }
        if let Ok(offset_ms) = parse_duration_ms(text) {
            return Ok(Self { base: Base::Start, offset_ms });
        }

        let (name, sign, offset) = match (text.split_once(" + "), text.split_once(" - ")) {
            (Some((name, offset)), _) => (name, 1, offset),
            (None, Some((name, offset))) => (name, -1, offset),
            (None, None) => (text, 1, "0s"),
        };

        match parse_duration_ms(offset) {
            Ok(ms) if is_name(name.trim()) => {
                Ok(Self { base: Base::Named(name.trim().to_owned()), offset_ms: sign * ms })
            }
            _ => Err(format!(
                "`{text}` is no moment; write the time since the start (29m59s), a name with or \
                 without a time (deal, deal + 30m) \
                 or a date and time (2026-03-02T09:00:00+02:00)"
            )),
        }
    }
}

/// Whether `text` may name something of a scenario.
pub(in crate::scenario) fn is_name(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-');
    text.starts_with(|c: char| c.is_ascii_lowercase()) && text.chars().all(plain)
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let offset = format_duration(self.offset_ms.saturating_abs());
        let sign = if self.offset_ms < 0 { '-' } else { '+' };

        match &self.base {
            Base::Start => f.write_str(&offset),
            Base::Named(name) if self.offset_ms == 0 => f.write_str(name),
            Base::Named(name) => write!(f, "{name} {sign} {offset}"),
            Base::At(at) if self.offset_ms == 0 => write!(f, "{at}"),
            Base::At(at) => write!(f, "{at} {sign} {offset}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_the_way_they_are_read() {
        for text in ["29m59s", "deal", "deal + 30m", "deal - 1m", "2026-03-02T07:00:00.000Z", "0s"]
        {
            assert_eq!(Moment::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_no_moment_says_what_one_looks_like() {
        for text in ["30", "", "5x", "deal + 30", "Deal", "deal+30m", "2026-03-02"] {
            assert!(Moment::parse(text).unwrap_err().contains("29m59s"), "{text}");
        }
    }
}
