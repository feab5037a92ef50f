//! Moments and durations, at millisecond grain. The clock itself is a seam
//! ([`crate::seams::Clock`]): nothing here asks what time it is.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, SecondsFormat, TimeZone, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::refusal::Refusal;

/// A moment in UTC.
///
/// **Shape**: RFC 3339 with milliseconds in JSON (`2026-11-22T09:30:00.000Z`), an integer in rows.
/// **Units**: milliseconds since the Unix epoch.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// The moment `ms` milliseconds later, or earlier when negative; stops at the ends of the
    /// range.
    #[must_use]
    pub fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// Milliseconds from `earlier` to this moment.
    #[must_use]
    pub fn since_ms(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Utc.timestamp_millis_opt(self.0).single() {
            Some(at) => f.write_str(&at.to_rfc3339_opts(SecondsFormat::Millis, true)),
            None => write!(f, "{}ms", self.0),
        }
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Timestamp {
    type Err = chrono::ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        DateTime::parse_from_rfc3339(text).map(|at| Self(at.timestamp_millis()))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            serializer.serialize_i64(self.0)
        }
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    /// Takes text or a number whatever the format: inside tagged enums serde forgets which format
    /// it reads.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Moment;

        impl serde::de::Visitor<'_> for Moment {
            type Value = Timestamp;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an RFC 3339 date and time")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Timestamp, E> {
                text.parse().map_err(|_source| {
                    E::custom(format!("`{text}` is not an RFC 3339 date and time"))
                })
            }

            fn visit_i64<E: serde::de::Error>(self, ms: i64) -> Result<Timestamp, E> {
                Ok(Timestamp(ms))
            }

            fn visit_u64<E: serde::de::Error>(self, ms: u64) -> Result<Timestamp, E> {
                i64::try_from(ms)
                    .map(Timestamp)
                    .map_err(|_source| E::custom("the moment is out of range"))
            }
        }

        deserializer.deserialize_any(Moment)
    }
}

/// Whether `name` is an IANA time zone such as `Europe/Kyiv`.
#[must_use]
pub fn is_time_zone(name: &str) -> bool {
    name.parse::<Tz>().is_ok()
}

/// The time zone of this name.
///
/// # Errors
/// `calendar.unknown-time-zone`.
pub fn zone(name: &str) -> Result<Tz, Refusal> {
    let message =
        || format!("there is no time zone `{name}`; give an IANA name such as Europe/Kyiv");
    name.parse()
        .map_err(|_source| Refusal::invalid("calendar.unknown-time-zone", "time_zone", message()))
}

/// Reads a duration such as `30m`, `2h`, `1d12h` or `45s`.
///
/// # Errors
/// A sentence that says what a duration looks like.
pub fn parse_duration_ms(text: &str) -> Result<i64, String> {
    let wrong = || format!("`{text}` is not a duration; write for example 30m, 2h, 1d or 1d12h");
    let (mut total, mut number, mut digits) = (0_i64, 0_i64, 0);

    for c in text.trim().chars() {
        if let Some(digit) = c.to_digit(10) {
            number = number
                .checked_mul(10)
                .and_then(|n| n.checked_add(i64::from(digit)))
                .ok_or_else(wrong)?;
            digits += 1;
            continue;
        }

        let unit_ms = match c {
            'd' => 86_400_000,
            'h' => 3_600_000,
            'm' => 60_000,
            's' => 1_000,
            _ => return Err(wrong()),
        };

        if digits == 0 {
            return Err(wrong());
        }

        total =
            number.checked_mul(unit_ms).and_then(|ms| ms.checked_add(total)).ok_or_else(wrong)?;
        (number, digits) = (0, 0);
    }

    if digits > 0 || total == 0 && !text.trim().starts_with('0') { Err(wrong()) } else { Ok(total) }
}

/// Writes a duration the way [`parse_duration_ms`] reads it, in its largest whole units;
/// milliseconds are dropped.
#[must_use]
pub fn format_duration(ms: i64) -> String {
    let mut rest = ms / 1_000;
    let mut text = String::new();

    for (unit, seconds) in [('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)] {
        if rest >= seconds {
            text.push_str(&format!("{}{unit}", rest / seconds));
            rest %= seconds;
        }
    }

    if text.is_empty() { "0s".to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_combine_units() {
        assert_eq!(parse_duration_ms("1d12h"), Ok(129_600_000));
        assert_eq!(parse_duration_ms("30m"), Ok(1_800_000));
        assert_eq!(format_duration(129_600_000), "1d12h");
    }

    #[test]
    fn a_number_without_unit_is_no_duration() {
        for wrong in ["30", "", "m", "5x", "99999999999999999999d"] {
            assert!(parse_duration_ms(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn timestamps_are_text_in_json() {
        let at: Timestamp = "2026-11-22T09:30:00+02:00".parse().unwrap();

        assert_eq!(serde_json::to_string(&at).unwrap(), "\"2026-11-22T07:30:00.000Z\"");
    }
}
