//! A field of a record, and what it may hold.

use std::borrow::Cow;

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

    /// The kind of record that the field leads to. Calendars and groups are set up and no records:
    /// their ids are the tenant's own.
    #[must_use]
    pub fn record_kind(&self) -> Option<&str> {
        match self {
            Self::Link(kind) | Self::Links(kind) => {
                Some(&**kind).filter(|kind| !matches!(*kind, "calendar" | "group"))
            }
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
