//! Comparing two values as what they are.

use std::cmp::Ordering;

use chrono::{DateTime, NaiveDate, TimeZone};
use chrono_tz::Tz;
use serde_json::Value;

use crate::decimal;
use crate::time::Timestamp;
use crate::vocabulary::Type;

/// The moment in a value.
pub(super) fn instant(value: &Value) -> Option<Timestamp> {
    value.as_str()?.parse().ok()
}

/// Whether a value is a whole day, such as `2026-11-22`.
pub(super) fn is_day(value: &Value) -> bool {
    day(value).is_some()
}

fn day(value: &Value) -> Option<NaiveDate> {
    let text = value.as_str().filter(|text| text.len() == 10)?;
    NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()
}

/// Whether nothing is there.
pub(super) fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(values) => values.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        _ => false,
    }
}

/// Whether two values are the same. Two that are missing are.
pub(super) fn equal(holds: Type, a: &Value, b: &Value, zone: Tz) -> bool {
    match (a, b) {
        _ if is_empty(a) || is_empty(b) => is_empty(a) && is_empty(b),
        (Value::Array(a), Value::Array(b)) => {
            let within = |a: &[Value], b: &[Value]| {
                a.iter().all(|one| b.iter().any(|other| equal(Type::Any, one, other, zone)))
            };
            within(a, b) && within(b, a)
        }
        (Value::Array(only), one) | (one, Value::Array(only)) => {
            matches!(only.as_slice(), [entry] if equal(Type::Any, entry, one, zone))
        }
        _ => order(holds, a, b, zone) == Some(Ordering::Equal),
    }
}

/// Whether a text contains a phrase, or a list an entry. Nothing is contained in nothing.
pub(super) fn contains(whole: &Value, part: &Value, zone: Tz) -> bool {
    match whole {
        _ if is_empty(whole) || is_empty(part) => false,
        Value::Array(values) => values.iter().any(|value| equal(Type::Any, value, part, zone)),
        _ => fold(&text(whole)).contains(&fold(&text(part))),
    }
}

/// Whether a text begins with another.
pub(super) fn starts_with(whole: &Value, part: &Value) -> bool {
    !is_empty(whole) && !is_empty(part) && fold(&text(whole)).starts_with(&fold(&text(part)))
}

/// The order of two values; none where one is missing or they cannot be compared. Where `b` is a
/// whole day, `a` counts as the day that it falls on in `zone`.
pub(super) fn order(holds: Type, a: &Value, b: &Value, zone: Tz) -> Option<Ordering> {
    if is_empty(a) || is_empty(b) {
        return None;
    }

    match holds {
        Type::Number => decimal::order(a, b),
        Type::Moment => moments(a, b, zone),
        Type::YesNo => Some(a.as_bool()?.cmp(&b.as_bool()?)),
        Type::Id => Some(text(a).cmp(&text(b))),
        Type::Text | Type::List => Some(fold(&text(a)).cmp(&fold(&text(b)))),
        Type::Any => order(seen_as(a, b, zone), a, b, zone),
    }
}

/// What two values of unknown type both look like.
fn seen_as(a: &Value, b: &Value, zone: Tz) -> Type {
    if a.is_boolean() && b.is_boolean() {
        Type::YesNo
    } else if decimal::is_number(a) && decimal::is_number(b) {
        Type::Number
    } else if moments(a, b, zone).is_some() {
        Type::Moment
    } else {
        Type::Text
    }
}

fn moments(a: &Value, b: &Value, zone: Tz) -> Option<Ordering> {
    let a = instant(a)?;
    match day(b) {
        Some(day) => Some(local_day(a, zone)?.cmp(&day)),
        None => Some(a.cmp(&instant(b)?)),
    }
}

fn local_day(at: Timestamp, zone: Tz) -> Option<NaiveDate> {
    let utc = DateTime::from_timestamp_millis(at.0)?.naive_utc();
    Some(zone.from_utc_datetime(&utc).date_naive())
}

/// A value as text.
fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A text without the difference between capital and small letters: the small form of the capital
/// form of each, so that `ß` meets `SS` and a final `ς` any other `Σ`.
fn fold(text: &str) -> String {
    text.chars().flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect()
}
