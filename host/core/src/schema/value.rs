//! The check of one value that a client wrote into a field.

use serde_json::{Value, json};

use super::{Field, FieldType, is_item};
use crate::limits::{LIST_MAX, NAME_CHARS_MAX, POINT_CHARS_MAX, TEXT_CHARS_MAX};
use crate::phone;
use crate::refusal::Refusal;
use crate::time::Timestamp;

/// The value of one field in the form in which it is kept.
///
/// # Errors
/// `record.wrong-type`, `record.too-long`, `record.not-a-phone`, naming the field.
pub(super) fn clean(field: &Field, value: &Value, country: &str) -> Result<Value, Refusal> {
    let path = format!("fields.{}", field.name);
    match &field.holds {
        FieldType::Name => text(&path, value, NAME_CHARS_MAX),
        FieldType::Text => text(&path, value, TEXT_CHARS_MAX),
        FieldType::Link(_) => text(&path, value, NAME_CHARS_MAX),
        FieldType::Bool if value.is_boolean() => Ok(value.clone()),
        FieldType::Bool => Err(wrong_type(&path, "true or false")),

        FieldType::Phone => phone(&path, value, country),
        FieldType::Phones => list(&path, value, |path, value| phone(path, value, country)),
        FieldType::Links(_) => list(&path, value, |path, value| text(path, value, NAME_CHARS_MAX)),
        FieldType::Decimal => decimal(&path, value),

        FieldType::Choice(words) => match value.as_str() {
            Some(text) if words.iter().any(|word| word == text) => Ok(value.clone()),
            _ => Err(wrong_type(&path, &format!("one of {}", words.join(", ")))),
        },
        FieldType::Ref => reference(&path, value),
        FieldType::Refs => list(&path, value, reference),
        FieldType::Checklist => entries(&path, value, point).map(Value::Array),
        FieldType::Object => Err(wrong_type(&path, "nothing; only the host fills this in")),
        FieldType::Moment => {
            let at = value.as_str().and_then(|text| text.parse::<Timestamp>().ok());
            let at = at
                .ok_or_else(|| wrong_type(&path, "a date and time such as 2026-11-22T09:30:00Z"))?;
            Ok(Value::String(at.to_string()))
        }

        FieldType::TimeZone => {
            let known = value.as_str().filter(|zone| zone.parse::<chrono_tz::Tz>().is_ok());
            known
                .map(|zone| Value::String(zone.to_owned()))
                .ok_or_else(|| wrong_type(&path, "an IANA time zone such as Europe/Kyiv"))
        }
    }
}

/// An item, by kind and id alone.
fn reference(path: &str, value: &Value) -> Result<Value, Refusal> {
    let wrong = || wrong_type(path, "an item as {\"kind\": \"deal\", \"id\": \"...\"}");
    let map = value.as_object().filter(|map| map.len() == 2).ok_or_else(wrong)?;

    let part = |name: &str| {
        map.get(name)
            .filter(|part| part.as_str().is_some_and(|text| !text.is_empty()))
            .ok_or_else(wrong)
    };

    let (kind, id) = (part("kind")?, part("id")?);
    text(&format!("{path}.id"), id, NAME_CHARS_MAX)?;

    if !kind.as_str().is_some_and(is_item) {
        let message = format!(
            "{kind} does not move through a pipeline; name a lead, a deal or an item of your own \
             kinds"
        );
        return Err(Refusal::invalid("record.not-an-item", format!("{path}.kind"), message));
    }

    Ok(value.clone())
}

/// A point of a checklist; one that is not said to be done is not.
fn point(path: &str, value: &Value) -> Result<Value, Refusal> {
    let wrong = || wrong_type(path, "a point as {\"text\": \"...\", \"done\": false}");
    let map = value
        .as_object()
        .filter(|map| map.keys().all(|key| key == "text" || key == "done"))
        .ok_or_else(wrong)?;

    let words = map
        .get("text")
        .filter(|text| text.as_str().is_some_and(|text| !text.trim().is_empty()))
        .ok_or_else(wrong)?;
    let words = text(&format!("{path}.text"), words, POINT_CHARS_MAX)?;
    let done = map.get("done").map_or(Some(false), Value::as_bool).ok_or_else(wrong)?;

    Ok(json!({"text": words, "done": done}))
}

fn text(path: &str, value: &Value, chars_max: usize) -> Result<Value, Refusal> {
    let Some(text) = value.as_str() else { return Err(wrong_type(path, "text")) };

    if text.chars().count() > chars_max {
        let message =
            format!("this text has {} characters; {chars_max} are allowed", text.chars().count());
        return Err(Refusal::invalid("record.too-long", path, message));
    }

    if text.contains('\0') {
        return Err(Refusal::invalid(
            "record.wrong-type",
            path,
            "text must not contain the character U+0000",
        ));
    }

    Ok(value.clone())
}

/// A list in which nothing stands twice.
fn list(
    path: &str,
    value: &Value,
    one: impl Fn(&str, &Value) -> Result<Value, Refusal>,
) -> Result<Value, Refusal> {
    let mut clean = Vec::new();

    for value in entries(path, value, one)? {
        if !clean.contains(&value) {
            clean.push(value);
        }
    }

    Ok(Value::Array(clean))
}

fn entries(
    path: &str,
    value: &Value,
    one: impl Fn(&str, &Value) -> Result<Value, Refusal>,
) -> Result<Vec<Value>, Refusal> {
    let Some(values) = value.as_array() else { return Err(wrong_type(path, "a list")) };

    if values.len() > LIST_MAX {
        let message = format!("this list has {} entries; {LIST_MAX} are allowed", values.len());
        return Err(Refusal::invalid("record.too-long", path, message));
    }

    values
        .iter()
        .enumerate()
        .map(|(place, value)| one(&format!("{path}[{place}]"), value))
        .collect()
}

fn phone(path: &str, value: &Value, country: &str) -> Result<Value, Refusal> {
    let Some(text) = value.as_str() else { return Err(wrong_type(path, "a phone number as text")) };

    if text.trim().is_empty() {
        return Ok(Value::String(String::new()));
    }

    phone::normalise(text, country).map(Value::String).ok_or_else(|| {
        let message = format!(
            "`{text}` is not a phone number; write it with its country, such as +380671234567"
        );
        Refusal::invalid("record.not-a-phone", path, message)
    })
}

fn decimal(path: &str, value: &Value) -> Result<Value, Refusal> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) if number.is_i64() => number.to_string(),
        _ => return Err(wrong_type(path, "a decimal number as text, such as \"1250.50\"")),
    };

    let digits = text.strip_prefix('-').unwrap_or(&text);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let numeric = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());

    if text.len() <= 40 && numeric(whole) && numeric(part) {
        Ok(Value::String(text))
    } else {
        Err(wrong_type(path, "a decimal number as text, such as \"1250.50\""))
    }
}

fn wrong_type(path: &str, wanted: &str) -> Refusal {
    Refusal::invalid("record.wrong-type", path, format!("write {wanted}"))
}
