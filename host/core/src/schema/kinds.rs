//! The built-in kinds of record and their fields.

use std::borrow::Cow;

use super::{Field, FieldType, built_in};
use crate::refusal::{Reason, Refusal};

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
    field("department", link(built_in::DEPARTMENT)),
    field("time_zone", FieldType::TimeZone),
    field("calendar", link("calendar")),
    field("active", FieldType::Bool),
    field("absent_from", FieldType::Moment),
    field("absent_until", FieldType::Moment),
];

static DEPARTMENT: &[Field] = &[
    required("name", FieldType::Name),
    field("head", link(built_in::USER)),
    field("parent", link(built_in::DEPARTMENT)),
];

static CONTACT: &[Field] = &[
    required("name", FieldType::Name),
    field("phones", FieldType::Phones),
    field("email", FieldType::Name),
    field("company", link(built_in::COMPANY)),
    field("comment", FieldType::Text),
];

static COMPANY: &[Field] = &[
    required("name", FieldType::Name),
    field("phones", FieldType::Phones),
    field("comment", FieldType::Text),
];

static ITEM: &[Field] = &[
    required("title", FieldType::Name),
    field("amount", FieldType::Decimal),
    field("currency", FieldType::Name),
    field("comment", FieldType::Text),
    field("source", FieldType::Name),
    field("contact", link(built_in::CONTACT)),
    field("company", link(built_in::COMPANY)),
    field("responsible", link(built_in::USER)),
    field("observers", links(built_in::USER)),
    field("conversation", link(built_in::CONVERSATION)),
    field("begin_at", FieldType::Moment),
    field("close_at", FieldType::Moment),
    required("pipeline", FieldType::Name),
    field("stage", FieldType::Name),
];

type Words = [Cow<'static, str>];
static PRIORITIES: &Words = &[word("low"), word("normal"), word("high")];
static TASK_STATUSES: &Words = &[
    word("new"),
    word("in_progress"),
    word("in_review"),
    word("completed"),
    word("deferred"),
    word("declined"),
];
static ACTIVITY_TYPES: &Words = &[word("call"), word("meeting"), word("email"), word("other")];
static ACTIVITY_STATUSES: &Words = &[word("planned"), word("completed")];

static TASK: &[Field] = &[
    required("title", FieldType::Name),
    field("description", FieldType::Text),
    field("responsible", link(built_in::USER)),
    field("co_executors", links(built_in::USER)),
    field("observers", links(built_in::USER)),
    field("group", link("group")),
    required("priority", choice(PRIORITIES)),
    field("deadline", FieldType::Moment),
    field("checklist", FieldType::Checklist),
    field("track_time", FieldType::Bool),
    required("status", choice(TASK_STATUSES)),
    field("items", FieldType::Refs),
    of_host("completed_at", FieldType::Moment),
    of_host("created_by", link(built_in::USER)),
    of_host("made_by", FieldType::Object),
];

static ACTIVITY: &[Field] = &[
    required("type", choice(ACTIVITY_TYPES)),
    required("subject", FieldType::Name),
    field("description", FieldType::Text),
    field("due", FieldType::Moment),
    field("responsible", link(built_in::USER)),
    required("item", FieldType::Ref),
    required("auto_complete", FieldType::Bool),
    required("status", choice(ACTIVITY_STATUSES)),
    of_host("completed_at", FieldType::Moment),
    of_host("created_by", link(built_in::USER)),
    of_host("made_by", FieldType::Object),
];

/// What the names of a tenant's own kinds and fields begin with, so that none of ours ever collides
/// with them.
pub const OWN_PREFIX: &str = "x_";

/// Every built-in kind, with whether it moves through a pipeline.
pub static KINDS: &[(&str, &[Field], bool)] = &[
    (built_in::USER, USER, false),
    (built_in::DEPARTMENT, DEPARTMENT, false),
    (built_in::CONTACT, CONTACT, false),
    (built_in::COMPANY, COMPANY, false),
    (built_in::LEAD, ITEM, true),
    (built_in::DEAL, ITEM, true),
    (built_in::TASK, TASK, false),
    (built_in::ACTIVITY, ACTIVITY, false),
];

/// The built-in fields of a kind. A tenant's own kind, whose name begins with `x_`, has those of an
/// item; whether there is such a kind is in its row, which [`crate::command::fields_of`] reads
/// together with the tenant's own fields.
///
/// # Errors
/// `record.unknown-kind`, naming those that exist.
pub fn fields(kind: &str) -> Result<&'static [Field], Refusal> {
    if is_own(kind) {
        return Ok(ITEM);
    }

    KINDS
        .iter()
        .find(|(name, ..)| *name == kind)
        .map(|(_, fields, _)| *fields)
        .ok_or_else(|| unknown_kind(kind))
}

/// The refusal of a kind that is not there.
#[must_use]
pub fn unknown_kind(kind: &str) -> Refusal {
    let known: Vec<&str> = KINDS.iter().map(|(name, ..)| *name).collect();
    let message = format!(
        "`{kind}` is no kind of record; use one of {}, or make your own with PUT /v1/kinds/x_name",
        known.join(", ")
    );

    Refusal::invalid("record.unknown-kind", "kind", message).because(Reason::UnknownKind)
}

/// Whether a kind or a field is a tenant's own.
#[must_use]
pub fn is_own(name: &str) -> bool {
    name.starts_with(OWN_PREFIX)
}

/// Whether records of this kind move through a pipeline: leads, deals, and whatever kinds tenants
/// make.
#[must_use]
pub fn is_item(kind: &str) -> bool {
    is_own(kind) || KINDS.iter().any(|(name, _, item)| *name == kind && *item)
}
