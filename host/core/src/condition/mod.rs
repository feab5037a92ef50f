//! Conditions: groups of comparisons that are true or false of an item, of what robots gave, and of
//! what an event changed.
//!
//! What is missing is empty: it equals nothing, contains nothing, and is neither greater nor less
//! than anything. `not` turns the result of what it holds around, whatever was missing in it.

mod check;
mod compare;
mod judge;

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use check::check;
pub use judge::{Judged, judge};

/// Groups within groups, at most.
pub const DEPTH_MAX: usize = 8;
/// Comparisons of one condition, at most.
pub const LEAVES_MAX: usize = 50;

/// A condition.
///
/// **Shape**: `{"all": [...]}`, `{"any": [...]}`, `{"not": ...}`, or a comparison
/// `{"field": "item.amount", "is": "greater_than", "value": "1000"}`, whose value may be another
/// field: `{"field": "before.amount"}`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "Written", untagged)]
pub enum Condition {
    /// Every one holds.
    All {
        /// What has to hold.
        all: Vec<Condition>,
    },
    /// At least one holds.
    Any {
        /// What may hold.
        any: Vec<Condition>,
    },
    /// It does not hold.
    Not {
        /// What must not hold.
        not: Box<Condition>,
    },
    /// One comparison, shared with what is kept of a decision.
    Leaf(Arc<Leaf>),
}

/// One comparison.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Leaf {
    /// What is looked at, such as `item.amount`, `robots.get.phone`, `before.stage` or
    /// `event.task.title`.
    pub field: String,
    /// How.
    pub is: Operator,
    /// With what; some operators need nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Operand>,
}

/// What a field is compared with.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Operand {
    /// Another field.
    Field(OtherField),
    /// A value: text, a number, yes or no, or a list of those for `in`.
    Literal(Value),
}

/// Names a field to compare with.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OtherField {
    /// The field.
    pub field: String,
}

/// How a field is compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it; the API's documentation says the rest")]
pub enum Operator {
    Equals,
    NotEquals,
    Contains,
    NotContains,
    StartsWith,
    GreaterThan,
    GreaterOrEqual,
    LessThan,
    LessOrEqual,
    Empty,
    NotEmpty,
    In,
    Changed,
    ChangedTo,
}

impl Operator {
    /// The operator as it is written.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Equals => "equals",
            Self::NotEquals => "not_equals",
            Self::Contains => "contains",
            Self::NotContains => "not_contains",
            Self::StartsWith => "starts_with",
            Self::GreaterThan => "greater_than",
            Self::GreaterOrEqual => "greater_or_equal",
            Self::LessThan => "less_than",
            Self::LessOrEqual => "less_or_equal",
            Self::Empty => "empty",
            Self::NotEmpty => "not_empty",
            Self::In => "in",
            Self::Changed => "changed",
            Self::ChangedTo => "changed_to",
        }
    }
}

impl Condition {
    /// Every field that it looks at.
    #[must_use]
    pub fn references(&self) -> BTreeSet<&str> {
        let mut found = BTreeSet::new();
        self.each_reference(&mut |path| {
            found.insert(path);
        });

        found
    }

    /// Shows every field that it looks at, one as often as it is there.
    pub fn each_reference<'a>(&'a self, see: &mut impl FnMut(&'a str)) {
        match self {
            Self::All { all: parts } | Self::Any { any: parts } => {
                parts.iter().for_each(|part| part.each_reference(see));
            }
            Self::Not { not } => not.each_reference(see),
            Self::Leaf(leaf) => {
                see(&leaf.field);
                if let Some(Operand::Field(other)) = &leaf.value {
                    see(&other.field);
                }
                if matches!(leaf.is, Operator::Changed | Operator::ChangedTo) {
                    see("after");
                }
            }
        }
    }
}

/// A condition as it is written, before it is known to be one.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    all: Option<Vec<Condition>>,
    any: Option<Vec<Condition>>,
    not: Option<Box<Condition>>,
    field: Option<String>,
    is: Option<Operator>,
    value: Option<Operand>,
}

impl TryFrom<Written> for Condition {
    type Error = &'static str;

    fn try_from(written: Written) -> Result<Self, Self::Error> {
        // serde alone would take the first variant of an untagged enum that fits and overlook the
        // keys of another. So all keys are read, and matched as a whole.
        match written {
            Written {
                all: Some(all),
                any: None,
                not: None,
                field: None,
                is: None,
                value: None,
            } => Ok(Self::All { all }),

            Written {
                all: None,
                any: Some(any),
                not: None,
                field: None,
                is: None,
                value: None,
            } => Ok(Self::Any { any }),

            Written {
                all: None,
                any: None,
                not: Some(not),
                field: None,
                is: None,
                value: None,
            } => Ok(Self::Not { not }),

            Written {
                all: None,
                any: None,
                not: None,
                field: Some(field),
                is: Some(is),
                value,
            } => Ok(Self::Leaf(Arc::new(Leaf { field, is, value }))),

            _ => {
                Err("a condition is one of {\"all\": [...]}, {\"any\": [...]}, {\"not\": ...} and \
                 {\"field\", \"is\", \"value\"}")
            }
        }
    }
}
