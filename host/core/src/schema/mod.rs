//! Which fields a kind of record has, and the check of what a client wrote into them.

mod value;

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::refusal::Refusal;

/// What a field holds.
#[derive(Clone, PartialEq, Eq, Debug)]
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
    /// One of these words.
    Choice(Cow<'static, [Cow<'static, str>]>),
    /// The id of a record of this kind.
    Link(Cow<'static, str>),
    /// Ids of records of this kind.
    Links(Cow<'static, str>),
    /// An item of any kind: `{"kind": "deal", "id": "..."}`.
    Ref,
    /// Items of any kind.
    Refs,
    /// Points to be ticked off: `[{"text": "...", "done": false}]`.
    Checklist,
    /// A JSON object that only the host writes.
    Object,
}

impl FieldType {
    /// Its name, as people write it where they make a field.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Name => "text",
            Self::Text => "long_text",
            Self::Phone => "phone",
            Self::Phones => "phones",
            Self::Bool => "bool",
            Self::Decimal => "decimal",
            Self::Moment => "moment",
            Self::TimeZone => "time_zone",
            Self::Choice(_) => "choice",
            Self::Link(_) => "link",
            Self::Links(_) => "links",
            Self::Ref => "item",
            Self::Refs => "items",
            Self::Checklist => "checklist",
            Self::Object => "object",
        }
    }

    /// The kind of record that the field leads to. Calendars and groups are set up and no records: their ids are the tenant's own.
    #[must_use]
    pub fn record_kind(&self) -> Option<&str> {
        match self {
            Self::Link(kind) | Self::Links(kind) => Some(&**kind).filter(|kind| !matches!(*kind, "calendar" | "group")),
            _ => None,
        }
    }
}

/// One field.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Field {
    /// Its name.
    pub name: Cow<'static, str>,
    /// What it holds.
    pub holds: FieldType,
    /// Whether a record must have it.
    pub required: bool,
    /// Whether only the host writes it.
    pub host_only: bool,
}

const fn field(name: &'static str, holds: FieldType) -> Field {
    Field { name: Cow::Borrowed(name), holds, required: false, host_only: false }
}

const fn required(name: &'static str, holds: FieldType) -> Field {
    Field { name: Cow::Borrowed(name), holds, required: true, host_only: false }
}

const fn of_host(name: &'static str, holds: FieldType) -> Field {
    Field { name: Cow::Borrowed(name), holds, required: false, host_only: true }
}

const fn link(kind: &'static str) -> FieldType {
    FieldType::Link(Cow::Borrowed(kind))
}

const fn links(kind: &'static str) -> FieldType {
    FieldType::Links(Cow::Borrowed(kind))
}

const fn choice(words: &'static [Cow<'static, str>]) -> FieldType {
    FieldType::Choice(Cow::Borrowed(words))
}

const fn word(word: &'static str) -> Cow<'static, str> {
    Cow::Borrowed(word)
}

static USER: &[Field] = &[
    required("name", FieldType::Name),
    field("email", FieldType::Name),
    field("position", FieldType::Name),
    field("mobile", FieldType::Phone),
    field("work", FieldType::Phone),
    field("internal", FieldType::Name),
    field("department", link("department")),
    field("time_zone", FieldType::TimeZone),
    field("calendar", link("calendar")),
    field("active", FieldType::Bool),
    field("absent_from", FieldType::Moment),
    field("absent_until", FieldType::Moment),
];

static DEPARTMENT: &[Field] =
    &[required("name", FieldType::Name), field("head", link("user")), field("parent", link("department"))];

static CONTACT: &[Field] = &[
    required("name", FieldType::Name),
    field("phones", FieldType::Phones),
    field("email", FieldType::Name),
    field("company", link("company")),
    field("comment", FieldType::Text),
];

static COMPANY: &[Field] =
    &[required("name", FieldType::Name), field("phones", FieldType::Phones), field("comment", FieldType::Text)];

static ITEM: &[Field] = &[
    required("title", FieldType::Name),
    field("amount", FieldType::Decimal),
    field("currency", FieldType::Name),
    field("comment", FieldType::Text),
    field("source", FieldType::Name),
    field("contact", link("contact")),
    field("company", link("company")),
    field("responsible", link("user")),
    field("observers", links("user")),
    field("conversation", link("conversation")),
    field("begin_at", FieldType::Moment),
    field("close_at", FieldType::Moment),
    required("pipeline", FieldType::Name),
    field("stage", FieldType::Name),
];

type Words = [Cow<'static, str>];
static PRIORITIES: &Words = &[word("low"), word("normal"), word("high")];
static TASK_STATUSES: &Words =
    &[word("new"), word("in_progress"), word("in_review"), word("completed"), word("deferred"), word("declined")];
static ACTIVITY_TYPES: &Words = &[word("call"), word("meeting"), word("email"), word("other")];
static ACTIVITY_STATUSES: &Words = &[word("planned"), word("completed")];

static TASK: &[Field] = &[
    required("title", FieldType::Name),
    field("description", FieldType::Text),
    field("responsible", link("user")),
    field("co_executors", links("user")),
    field("observers", links("user")),
    field("group", link("group")),
    required("priority", choice(PRIORITIES)),
    field("deadline", FieldType::Moment),
    field("checklist", FieldType::Checklist),
    field("track_time", FieldType::Bool),
    required("status", choice(TASK_STATUSES)),
    field("items", FieldType::Refs),
    of_host("completed_at", FieldType::Moment),
    of_host("created_by", link("user")),
    of_host("made_by", FieldType::Object),
];

static ACTIVITY: &[Field] = &[
    required("type", choice(ACTIVITY_TYPES)),
    required("subject", FieldType::Name),
    field("description", FieldType::Text),
    field("due", FieldType::Moment),
    field("responsible", link("user")),
    required("item", FieldType::Ref),
    required("auto_complete", FieldType::Bool),
    required("status", choice(ACTIVITY_STATUSES)),
    of_host("completed_at", FieldType::Moment),
    of_host("created_by", link("user")),
    of_host("made_by", FieldType::Object),
];

/// What the names of a tenant's own kinds and fields begin with, so that none of ours ever collides with them.
pub const OWN_PREFIX: &str = "x_";

/// Every built-in kind, with whether it moves through a pipeline.
pub static KINDS: &[(&str, &[Field], bool)] = &[
    ("user", USER, false),
    ("department", DEPARTMENT, false),
    ("contact", CONTACT, false),
    ("company", COMPANY, false),
    ("lead", ITEM, true),
    ("deal", ITEM, true),
    ("task", TASK, false),
    ("activity", ACTIVITY, false),
];

/// The built-in fields of a kind. A tenant's own kind, whose name begins with `x_`, has those of an item; whether there is such a kind
/// is in its row, which [`crate::command::fields_of`] reads together with the tenant's own fields.
///
/// # Errors
/// `record.unknown-kind`, naming those that exist.
pub fn fields(kind: &str) -> Result<&'static [Field], Refusal> {
    if is_own(kind) {
        return Ok(ITEM);
    }
    KINDS.iter().find(|(name, ..)| *name == kind).map(|(_, fields, _)| *fields).ok_or_else(|| unknown_kind(kind))
}

/// The refusal of a kind that is not there.
#[must_use]
pub fn unknown_kind(kind: &str) -> Refusal {
    let known: Vec<&str> = KINDS.iter().map(|(name, ..)| *name).collect();
    let message =
        format!("`{kind}` is no kind of record; use one of {}, or make your own with PUT /v1/kinds/x_name", known.join(", "));
    Refusal::invalid("record.unknown-kind", "kind", message)
}

/// Whether a kind or a field is a tenant's own.
#[must_use]
pub fn is_own(name: &str) -> bool {
    name.starts_with(OWN_PREFIX)
}

/// Whether records of this kind move through a pipeline: leads, deals, and whatever kinds tenants make.
#[must_use]
pub fn is_item(kind: &str) -> bool {
    is_own(kind) || KINDS.iter().any(|(name, _, item)| *name == kind && *item)
}

/// Whether `field` of a record with these fields is a moment that robots may count from.
#[must_use]
pub fn is_moment(known: &[Field], field: &str) -> bool {
    matches!(field, "created_at" | "updated_at" | "stage_entered_at")
        || known.iter().any(|f| f.name == field && f.holds == FieldType::Moment)
}

/// Checks what a client wrote into a record of `kind`, which has the fields `known`, and brings it into the form in which it is kept.
/// `null` removes a field.
///
/// # Errors
/// `record.unknown-field`, `record.wrong-type`, `record.too-long`, `record.not-a-phone`, each naming the field.
pub fn clean(kind: &str, known: &[Field], written: &Map<String, Value>, country: &str) -> Result<Map<String, Value>, Refusal> {
    let mut clean = Map::new();
    for (name, value) in written {
        let Some(field) = known.iter().find(|field| field.name == *name && !field.host_only) else {
            let names: Vec<&str> = known.iter().filter(|field| !field.host_only).map(|field| &*field.name).collect();
            let message = format!("a {kind} has no field `{name}`; its fields are {}", names.join(", "));
            return Err(Refusal::invalid("record.unknown-field", format!("fields.{name}"), message));
        };
        let value = if value.is_null() { Value::Null } else { value::clean(field, value, country)? };
        clean.insert(name.clone(), value);
    }
    Ok(clean)
}

/// What was written, texts read as their fields want them: templates give nothing but text. What no field fits stays as it is, to be
/// refused by [`clean`].
#[must_use]
pub fn from_texts(known: &[Field], written: Map<String, Value>) -> Map<String, Value> {
    let read = |(name, value): (String, Value)| {
        let value = match known.iter().find(|field| field.name == name) {
            Some(field) => from_text(&field.holds, value),
            None => value,
        };
        (name, value)
    };
    written.into_iter().map(read).collect()
}

fn from_text(holds: &FieldType, value: Value) -> Value {
    let Some(text) = value.as_str().map(str::trim) else { return value };
    match holds {
        FieldType::Name | FieldType::Text | FieldType::Phone => value,
        FieldType::Links(_) | FieldType::Phones if text.is_empty() => Value::Array(Vec::new()),
        FieldType::Links(_) | FieldType::Phones => Value::Array(vec![Value::from(text)]),
        _ if text.is_empty() => Value::Null,
        FieldType::Bool => text.parse().map_or_else(|_source| Value::from(text), Value::Bool),
        _ => Value::from(text),
    }
}

/// Checks that a record has what it must have of the fields `known`.
///
/// # Errors
/// `record.missing-field`.
pub fn complete<'a>(
    kind: &str,
    known: impl IntoIterator<Item = &'a Field>,
    fields_now: &Map<String, Value>,
) -> Result<(), Refusal> {
    for field in known.into_iter().filter(|field| field.required) {
        if !has(fields_now, &field.name) {
            let message = format!("a {kind} needs `{}`", field.name);
            return Err(Refusal::invalid("record.missing-field", format!("fields.{}", field.name), message));
        }
    }
    Ok(())
}

/// Whether there is a value in a field.
#[must_use]
pub fn has(fields: &Map<String, Value>, name: &str) -> bool {
    fields.get(name).is_some_and(|value| !value.is_null() && value.as_str() != Some(""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn refused(kind: &str, written: Value) -> &'static str {
        fields(kind).and_then(|known| clean(kind, known, written.as_object().unwrap(), "UA")).unwrap_err().code
    }

    #[test]
    fn phones_are_kept_in_one_form() {
        let written = json!({"name": "Olha", "phones": ["067 123 45 67", "+380671234567"]});
        let clean = clean("contact", CONTACT, written.as_object().unwrap(), "UA").unwrap();
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
        assert_eq!(refused("task", json!({"status": "done"})), "record.wrong-type");
        assert_eq!(refused("task", json!({"deadline": "2026-02-30T10:00:00Z"})), "record.wrong-type");
        assert_eq!(refused("task", json!({"made_by": {}})), "record.unknown-field");
        assert_eq!(refused("starship", json!({})), "record.unknown-kind");
    }

    #[test]
    fn what_a_template_gave_becomes_what_the_field_holds() {
        let written = json!({"title": " Roof ", "amount": " 12.50 ", "close_at": "", "observers": "u1", "nothing": "x"});
        let read = from_texts(ITEM, written.as_object().unwrap().clone());
        let expected = json!({"title": " Roof ", "amount": "12.50", "close_at": null, "observers": ["u1"], "nothing": "x"});
        assert_eq!(Value::Object(read), expected);
        let read = from_texts(USER, json!({"active": "false", "name": ""}).as_object().unwrap().clone());
        assert_eq!(Value::Object(read), json!({"active": false, "name": ""}));
    }

    #[test]
    fn a_deal_without_title_is_not_complete() {
        assert_eq!(complete("deal", ITEM, &Map::new()).unwrap_err().code, "record.missing-field");
    }
}
