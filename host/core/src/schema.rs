//! Which fields a kind of record has, and the check of what a client wrote into them.

use serde_json::{Map, Value};

use crate::limits::{LIST_MAX, NAME_CHARS_MAX, TEXT_CHARS_MAX};
use crate::phone;
use crate::refusal::Refusal;
use crate::time::Timestamp;

/// What a field holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FieldType {
    /// Short text.
    Name,
    /// Long text.
    Text,
    /// A phone number, kept in E.164 form; empty text is allowed.
    Phone,
    /// Several phone numbers.
    Phones,
    /// Yes or no.
    Bool,
    /// A decimal number, as text such as `1250.50` or as a JSON integer.
    Decimal,
    /// A moment, RFC 3339.
    Moment,
    /// An IANA time zone.
    TimeZone,
    /// The id of a record of this kind.
    Link(&'static str),
    /// Ids of records of this kind.
    Links(&'static str),
}

impl FieldType {
    /// The kind of record that the field leads to. Calendars are set up and no records: their ids are the tenant's own.
    #[must_use]
    pub fn record_kind(self) -> Option<&'static str> {
        match self {
            Self::Link(kind) | Self::Links(kind) => Some(kind).filter(|kind| *kind != "calendar"),
            _ => None,
        }
    }
}

/// One field.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub holds: FieldType,
    /// Whether a record must have it.
    pub required: bool,
    /// Whether only the host writes it.
    pub host_only: bool,
}

const fn field(name: &'static str, holds: FieldType) -> Field {
    Field { name, holds, required: false, host_only: false }
}

const fn required(name: &'static str, holds: FieldType) -> Field {
    Field { name, holds, required: true, host_only: false }
}

const USER: &[Field] = &[
    required("name", FieldType::Name),
    field("email", FieldType::Name),
    field("position", FieldType::Name),
    field("mobile", FieldType::Phone),
    field("work", FieldType::Phone),
    field("internal", FieldType::Name),
    field("department", FieldType::Link("department")),
    field("time_zone", FieldType::TimeZone),
    field("calendar", FieldType::Link("calendar")),
    field("active", FieldType::Bool),
];

const DEPARTMENT: &[Field] =
    &[required("name", FieldType::Name), field("head", FieldType::Link("user")), field("parent", FieldType::Link("department"))];

const CONTACT: &[Field] = &[
    required("name", FieldType::Name),
    field("phones", FieldType::Phones),
    field("email", FieldType::Name),
    field("company", FieldType::Link("company")),
    field("comment", FieldType::Text),
];

const COMPANY: &[Field] =
    &[required("name", FieldType::Name), field("phones", FieldType::Phones), field("comment", FieldType::Text)];

const ITEM: &[Field] = &[
    required("title", FieldType::Name),
    field("amount", FieldType::Decimal),
    field("currency", FieldType::Name),
    field("comment", FieldType::Text),
    field("source", FieldType::Name),
    field("contact", FieldType::Link("contact")),
    field("company", FieldType::Link("company")),
    field("responsible", FieldType::Link("user")),
    field("observers", FieldType::Links("user")),
    field("conversation", FieldType::Link("conversation")),
    field("begin_at", FieldType::Moment),
    field("close_at", FieldType::Moment),
    required("pipeline", FieldType::Name),
    field("stage", FieldType::Name),
];

/// Every kind, with whether it moves through a pipeline.
pub const KINDS: &[(&str, &[Field], bool)] = &[
    ("user", USER, false),
    ("department", DEPARTMENT, false),
    ("contact", CONTACT, false),
    ("company", COMPANY, false),
    ("lead", ITEM, true),
    ("deal", ITEM, true),
];

/// A kind's fields.
///
/// # Errors
/// `record.unknown-kind`, naming those that exist.
pub fn fields(kind: &str) -> Result<&'static [Field], Refusal> {
    KINDS.iter().find(|(name, ..)| *name == kind).map(|(_, fields, _)| *fields).ok_or_else(|| {
        let known: Vec<&str> = KINDS.iter().map(|(name, ..)| *name).collect();
        Refusal::invalid("record.unknown-kind", "kind", format!("`{kind}` is no kind of record; use one of {}", known.join(", ")))
    })
}

/// Whether records of this kind move through a pipeline.
#[must_use]
pub fn is_item(kind: &str) -> bool {
    KINDS.iter().any(|(name, _, item)| *name == kind && *item)
}

/// Whether `field` of an item is a moment that robots may count from.
#[must_use]
pub fn is_moment(kind: &str, field: &str) -> bool {
    matches!(field, "created_at" | "updated_at" | "stage_entered_at")
        || fields(kind).is_ok_and(|fields| fields.iter().any(|f| f.name == field && f.holds == FieldType::Moment))
}

/// Checks what a client wrote and brings it into the form in which it is kept. `null` removes a field.
///
/// # Errors
/// `record.unknown-field`, `record.wrong-type`, `record.too-long`, `record.not-a-phone`, each naming the field.
pub fn clean(kind: &str, written: &Map<String, Value>, country: &str) -> Result<Map<String, Value>, Refusal> {
    let known = fields(kind)?;
    let mut clean = Map::new();
    for (name, value) in written {
        let Some(field) = known.iter().find(|field| field.name == name && !field.host_only) else {
            let names: Vec<&str> = known.iter().filter(|field| !field.host_only).map(|field| field.name).collect();
            let message = format!("a {kind} has no field `{name}`; its fields are {}", names.join(", "));
            return Err(Refusal::invalid("record.unknown-field", format!("fields.{name}"), message));
        };
        let value = if value.is_null() { Value::Null } else { clean_value(field, value, country)? };
        clean.insert(name.clone(), value);
    }
    Ok(clean)
}

/// Checks that a record has what it must have.
///
/// # Errors
/// `record.missing-field`.
pub fn complete(kind: &str, fields_now: &Map<String, Value>) -> Result<(), Refusal> {
    for field in fields(kind)?.iter().filter(|field| field.required) {
        let empty = fields_now.get(field.name).is_none_or(|value| value.is_null() || value.as_str() == Some(""));
        if empty {
            let message = format!("a {kind} needs `{}`", field.name);
            return Err(Refusal::invalid("record.missing-field", format!("fields.{}", field.name), message));
        }
    }
    Ok(())
}

/// The value of one field in the form in which it is kept.
fn clean_value(field: &Field, value: &Value, country: &str) -> Result<Value, Refusal> {
    let path = format!("fields.{}", field.name);
    match field.holds {
        FieldType::Name => text(&path, value, NAME_CHARS_MAX),
        FieldType::Text => text(&path, value, TEXT_CHARS_MAX),
        FieldType::Link(_) => text(&path, value, NAME_CHARS_MAX),
        FieldType::Bool if value.is_boolean() => Ok(value.clone()),
        FieldType::Bool => Err(wrong_type(&path, "true or false")),
        FieldType::Phone => phone(&path, value, country),
        FieldType::Phones => list(&path, value, |path, value| phone(path, value, country)),
        FieldType::Links(_) => list(&path, value, |path, value| text(path, value, NAME_CHARS_MAX)),
        FieldType::Decimal => decimal(&path, value),
        FieldType::Moment => {
            let at = value.as_str().and_then(|text| text.parse::<Timestamp>().ok());
            let at = at.ok_or_else(|| wrong_type(&path, "a date and time such as 2026-11-22T09:30:00Z"))?;
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

fn text(path: &str, value: &Value, chars_max: usize) -> Result<Value, Refusal> {
    let Some(text) = value.as_str() else { return Err(wrong_type(path, "text")) };
    if text.chars().count() > chars_max {
        let message = format!("this text has {} characters; {chars_max} are allowed", text.chars().count());
        return Err(Refusal::invalid("record.too-long", path, message));
    }
    if text.contains('\0') {
        return Err(Refusal::invalid("record.wrong-type", path, "text must not contain the character U+0000"));
    }
    Ok(value.clone())
}

fn list(path: &str, value: &Value, one: impl Fn(&str, &Value) -> Result<Value, Refusal>) -> Result<Value, Refusal> {
    let Some(values) = value.as_array() else { return Err(wrong_type(path, "a list")) };
    if values.len() > LIST_MAX {
        let message = format!("this list has {} entries; {LIST_MAX} are allowed", values.len());
        return Err(Refusal::invalid("record.too-long", path, message));
    }
    let mut clean = Vec::new();
    for (place, value) in values.iter().enumerate() {
        let value = one(&format!("{path}[{place}]"), value)?;
        if !clean.contains(&value) {
            clean.push(value);
        }
    }
    Ok(Value::Array(clean))
}

fn phone(path: &str, value: &Value, country: &str) -> Result<Value, Refusal> {
    let Some(text) = value.as_str() else { return Err(wrong_type(path, "a phone number as text")) };
    if text.trim().is_empty() {
        return Ok(Value::String(String::new()));
    }
    phone::normalise(text, country).map(Value::String).ok_or_else(|| {
        let message = format!("`{text}` is not a phone number; write it with its country, such as +380671234567");
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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn refused(kind: &str, written: Value) -> &'static str {
        clean(kind, written.as_object().unwrap(), "UA").unwrap_err().code
    }

    #[test]
    fn phones_are_kept_in_one_form() {
        let written = json!({"name": "Olha", "phones": ["067 123 45 67", "+380671234567"]});
        let clean = clean("contact", written.as_object().unwrap(), "UA").unwrap();
        assert_eq!(clean["phones"], json!(["+380671234567"]));
    }

    #[test]
    fn bad_fields_are_refused_by_name() {
        assert_eq!(refused("deal", json!({"titel": "x"})), "record.unknown-field");
        assert_eq!(refused("deal", json!({"title": 5})), "record.wrong-type");
        assert_eq!(refused("deal", json!({"title": "x".repeat(201)})), "record.too-long");
        assert_eq!(refused("deal", json!({"amount": 1.5})), "record.wrong-type");
        assert_eq!(refused("user", json!({"mobile": "call me"})), "record.not-a-phone");
        assert_eq!(refused("user", json!({"time_zone": "Mars/Olympus"})), "record.wrong-type");
        assert_eq!(refused("starship", json!({})), "record.unknown-kind");
    }

    #[test]
    fn a_deal_without_title_is_not_complete() {
        assert_eq!(complete("deal", &Map::new()).unwrap_err().code, "record.missing-field");
    }
}
