//! What conditions and templates may refer to, and what each of those things holds.

use std::collections::BTreeMap;

use crate::model::plugin::{OpenWord, ResultKind};
use crate::refusal::Refusal;
use crate::schema::{self, Field, FieldType};

/// How the values of a reference compare.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Type {
    /// Text for people: case does not count.
    Text,
    /// An id: every letter counts.
    Id,
    /// A decimal number.
    Number,
    /// A moment.
    Moment,
    /// Yes or no.
    YesNo,
    /// Several values.
    List,
    /// Not known before it is there; two values compare as what both of them look like.
    Any,
}

impl From<&FieldType> for Type {
    fn from(holds: &FieldType) -> Self {
        match holds {
            FieldType::Bool => Self::YesNo,
            FieldType::Decimal => Self::Number,
            FieldType::Moment => Self::Moment,
            FieldType::Link(_) => Self::Id,
            FieldType::Links(_) | FieldType::Phones | FieldType::Refs => Self::List,
            FieldType::Ref | FieldType::Checklist | FieldType::Object => Self::Any,
            FieldType::Name
            | FieldType::Text
            | FieldType::Phone
            | FieldType::TimeZone
            | FieldType::Choice(_) => Self::Text,
        }
    }
}

impl Type {
    /// What a result of this kind holds; nothing is known of a kind that this host does not know.
    #[must_use]
    pub fn of_result(kind: &OpenWord<ResultKind>) -> Self {
        match kind.known() {
            Some(ResultKind::Text | ResultKind::Phone) => Self::Text,
            Some(ResultKind::Integer | ResultKind::Decimal | ResultKind::Number) => Self::Number,
            Some(ResultKind::Boolean) => Self::YesNo,
            Some(ResultKind::Moment) => Self::Moment,
            Some(ResultKind::User | ResultKind::Record | ResultKind::Id) => Self::Id,
            Some(ResultKind::Json) | None => Self::Any,
        }
    }

    /// The type as people call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "a text",
            Self::Id => "an id",
            Self::Number => "a number",
            Self::Moment => "a date",
            Self::YesNo => "yes or no",
            Self::List => "a list",
            Self::Any => "of any type",
        }
    }
}

/// What an employee's profile has.
const PROFILE: &[(&str, Type)] = &[
    ("id", Type::Id),
    ("name", Type::Text),
    ("email", Type::Text),
    ("position", Type::Text),
    ("department", Type::Id),
    ("department_name", Type::Text),
    ("supervisor", Type::Id),
    ("mobile", Type::Text),
    ("work", Type::Text),
    ("internal", Type::Text),
    ("phone", Type::Text),
    ("time_zone", Type::Text),
    ("active", Type::YesNo),
];

/// What a conversation shows of itself.
const CONVERSATION: &[(&str, Type)] = &[
    ("id", Type::Id),
    ("address", Type::Text),
    ("display_name", Type::Text),
    ("channel", Type::Id),
    ("last_client_message_at", Type::Moment),
];

/// What every record has beside its fields.
const OF_RECORDS: &[(&str, Type)] = &[
    ("id", Type::Id),
    ("kind", Type::Text),
    ("created_at", Type::Moment),
    ("updated_at", Type::Moment),
    ("stage_entered_at", Type::Moment),
    ("created_by", Type::Id),
];

/// The results of the robots that have certainly run before, by robot and key.
pub type Results = BTreeMap<String, BTreeMap<String, Type>>;

/// Everything that may be referred to in one place.
#[derive(Clone, Debug, Default)]
pub struct Vocabulary {
    item: BTreeMap<String, Type>,
    contact: BTreeMap<String, Type>,
    company: BTreeMap<String, Type>,
    results: Results,
    any_robot: bool,
}

impl Vocabulary {
    /// The same for a text that stands on no stage yet: whatever robots give may be referred to.
    #[must_use]
    pub fn with_any_robot(mut self) -> Self {
        self.any_robot = true;
        self
    }

    /// What a robot or trigger may refer to, `results` being there already; `fields` are those of
    /// the item, of contacts, and of companies.
    #[must_use]
    pub fn of<'a>(fields: impl IntoIterator<Item = &'a [Field]>, results: Results) -> Self {
        let mut fields = fields.into_iter().map(with_common);

        let mut next = || fields.next().unwrap_or_default();
        Self { item: next(), contact: next(), company: next(), results, any_robot: false }
    }

    /// The same with built-in fields alone, around items of `kind`.
    ///
    /// # Errors
    /// `record.unknown-kind`.
    pub fn built_in(kind: &str, results: Results) -> Result<Self, Refusal> {
        Ok(Self::of(
            [schema::fields(kind)?, schema::fields("contact")?, schema::fields("company")?],
            results,
        ))
    }

    /// What `path` holds; nothing where there is no such thing.
    #[must_use]
    pub fn type_of(&self, path: &str) -> Option<Type> {
        let in_list = |list: &[(&str, Type)], field: &str| {
            list.iter().find(|(name, _)| *name == field).map(|(_, holds)| *holds)
        };

        match path.split_once('.') {
            None => Some(Type::Moment).filter(|_| path == "now"),
            Some(("item" | "before" | "after", field)) => self.item.get(field).copied(),
            Some(("contact", field)) => self.contact.get(field).copied(),
            Some(("company", field)) => self.company.get(field).copied(),
            Some(("supervisor", "supervisor")) => None,
            Some(("responsible" | "supervisor", field)) => in_list(PROFILE, field),
            Some(("conversation", field)) => in_list(CONVERSATION, field),
            Some(("robots", result)) => {
                let (robot, key) = result.split_once('.').filter(|(_, key)| !key.contains('.'))?;
                if self.any_robot {
                    Some(Type::Any)
                } else {
                    self.results.get(robot)?.get(key).copied()
                }
            }
            Some(("event", rest)) => {
                Some(Type::Any).filter(|_| rest.split('.').all(|part| !part.is_empty()))
            }
            Some(_) => None,
        }
    }

    /// Whether `path` may be referred to: it is known, or a part of it is whose value may have
    /// anything below it.
    #[must_use]
    pub fn has(&self, path: &str) -> bool {
        self.known_part(path).is_some_and(|(part, holds)| part == path || holds == Type::Any)
    }

    /// The longest part of `path` that is known, and what it holds.
    fn known_part<'p>(&self, path: &'p str) -> Option<(&'p str, Type)> {
        let ends = [path.len()].into_iter().chain(path.rmatch_indices('.').map(|(end, _)| end));
        ends.filter_map(|end| path.get(..end))
            .find_map(|part| self.type_of(part).map(|holds| (part, holds)))
    }

    /// Why `path` cannot be referred to, and what can.
    #[must_use]
    pub fn unknown(&self, path: &str) -> String {
        let names =
            |fields: &BTreeMap<String, Type>| fields.keys().cloned().collect::<Vec<_>>().join(", ");

        let (root, below) = path.split_once('.').unwrap_or((path, ""));
        if matches!(root, "item" | "responsible") && self.type_of(below).is_some() {
            return format!("`{path}` is not known here; write `{below}`");
        }

        match self.known_part(path) {
            Some((list, Type::List)) => {
                return format!(
                    "`{path}` is not known here; `{list}` is a list: write `{list}[0]`, or go \
                     through it with `for`"
                );
            }
            Some((part, holds)) => {
                return format!(
                    "`{path}` is not known here; `{part}` is {} and has nothing below it",
                    holds.name()
                );
            }
            None => {}
        }

        let here = match root {
            root @ ("item" | "before" | "after") => format!("{root} has {}", names(&self.item)),
            "contact" => format!("contact has {}", names(&self.contact)),
            "company" => format!("company has {}", names(&self.company)),
            root @ ("responsible" | "supervisor") => format!("{root} has {}", listed(PROFILE)),
            "conversation" => format!("conversation has {}", listed(CONVERSATION)),
            _ => {
                let results = self.results.iter().flat_map(|(robot, keys)| {
                    keys.keys().map(move |key| format!("robots.{robot}.{key}"))
                });
                let roots = "item, before, after, responsible, supervisor, contact, company, \
                    conversation, event";
                let fields = roots.split(", ").map(|root| format!("{root}.<field>"));
                format!(
                    "there are {}",
                    fields.chain(["now".to_owned()]).chain(results).collect::<Vec<_>>().join(", ")
                )
            }
        };

        format!("`{path}` is not known here; {here}")
    }
}

fn listed(list: &[(&str, Type)]) -> String {
    list.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
}

/// A kind's fields with what every record has.
fn with_common(fields: &[Field]) -> BTreeMap<String, Type> {
    let own = fields.iter().map(|field| (field.name.to_string(), Type::from(&field.holds)));
    OF_RECORDS.iter().map(|(name, holds)| ((*name).to_owned(), *holds)).chain(own).collect()
}
