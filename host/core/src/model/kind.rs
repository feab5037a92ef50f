//! Fields that a tenant adds to a kind of record, and kinds of its own.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::id::TenantId;
use crate::key::{Key, Table};
use crate::refusal::Refusal;
use crate::row::Row;
use crate::schema::{Field, FieldType};

/// What a tenant added to a built-in kind, or a whole kind of its own, whose name begins with `x_`.
///
/// **Shape**: a kind of its own is an item: it has the fields of a deal besides its own ones, and
/// moves through pipelines.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kind {
    /// The kind's name in paths, such as `deal` or `x_project`.
    #[serde(default)]
    pub id: String,
    /// Name for people.
    pub name: String,
    /// The tenant's own fields; each name begins with `x_`.
    #[serde(default)]
    pub fields: Vec<OwnField>,
}

/// A field that a tenant made.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnField {
    /// Its name; begins with `x_`.
    pub name: String,
    /// Name for people.
    #[serde(default)]
    pub label: String,
    /// `text`, `long_text`, `phone`, `phones`, `bool`, `decimal`, `moment`, `time_zone`, `choice`,
    /// `link` or `links`.
    #[serde(rename = "type")]
    pub holds: String,
    /// The words of a `choice`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
    /// The kind of record that a `link` or `links` leads to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// Whether a record must have it; kinds of the tenant's own only.
    #[serde(default)]
    pub required: bool,
}

impl Row for Kind {
    const NAME: &'static str = "kind";
}

impl Kind {
    /// Where a kind is kept.
    #[must_use]
    pub fn key(tenant: TenantId, id: &str) -> Key {
        Key::new(tenant, Table::Kind, &[id])
    }

    /// Its own fields as the schema has them. One that cannot be read, which no check let through,
    /// is left out.
    #[must_use]
    pub fn own_fields(&self) -> Vec<Field> {
        self.fields.iter().filter_map(|field| field.read().ok()).collect()
    }
}

impl OwnField {
    /// The field as the schema has it.
    ///
    /// # Errors
    /// `kind.invalid`, naming the part of the field that is wrong.
    pub fn read(&self) -> Result<Field, Refusal> {
        let to = || {
            let to = self.to.clone().filter(|to| !to.is_empty());
            to.map(Cow::Owned)
                .ok_or_else(|| invalid("to", "name the kind of record that the field leads to"))
        };

        let holds = match self.holds.as_str() {
            "text" => FieldType::Name,
            "long_text" => FieldType::Text,
            "phone" => FieldType::Phone,
            "phones" => FieldType::Phones,
            "bool" => FieldType::Bool,
            "decimal" => FieldType::Decimal,
            "moment" => FieldType::Moment,
            "time_zone" => FieldType::TimeZone,
            "choice" => FieldType::Choice(self.choices.iter().cloned().map(Cow::Owned).collect()),
            "link" => FieldType::Link(to()?),
            "links" => FieldType::Links(to()?),
            _ => {
                let known = "text, long_text, phone, phones, bool, decimal, moment, time_zone, \
                    choice, link or links";
                return Err(invalid("type", &format!("`{}` is no type; use {known}", self.holds)));
            }
        };

        Ok(Field {
            name: Cow::Owned(self.name.clone()),
            holds,
            required: self.required,
            host_only: false,
        })
    }
}

fn invalid(field: &str, message: &str) -> Refusal {
    Refusal::invalid("kind.invalid", field, message)
}
