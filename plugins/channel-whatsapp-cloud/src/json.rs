//! Looking into JSON that others wrote: what is missing or of another type is empty, never an
//! error.

use stagewright_sdk::prelude::*;

/// The text at a JSON pointer.
pub(crate) fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or("")
}

/// The text under `key`, if there is any.
pub(crate) fn some_text(value: &Value, key: &str) -> Option<String> {
    value.get(key).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// The list under `key`.
pub(crate) fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// A whole number, which Meta writes as a number or as text.
pub(crate) fn integer(value: &Value, key: &str) -> Option<i64> {
    match value.get(key)? {
        Value::String(text) => text.trim().parse().ok(),
        number => number.as_i64(),
    }
}

/// The start of a text that somebody else wrote.
pub(crate) fn short(text: &str, chars: usize) -> String {
    let text = text.trim();
    let mut start: String = text.chars().take(chars).collect();
    if start.len() < text.len() {
        start.push('…');
    }
    start
}
