//! What a condition comes to, with the values it was decided on.

use std::sync::Arc;

use chrono_tz::Tz;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::compare::{contains, equal, is_empty, order, starts_with};
use super::{Condition, Leaf, Operand, Operator};
use crate::vocabulary::{Type, Vocabulary};

/// Characters of an actual value that are kept.
const SHOWN_CHARS: usize = 200;
/// Entries of an actual list that are kept.
const SHOWN_ENTRIES: usize = 20;

/// A condition with what came of it, node by node.
///
/// **Shape**: the condition's own, with `holds` at every node and `actual` at every comparison;
/// where it was compared with another field, `compared_with` is that field's value. Long texts are
/// cut.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(untagged)]
#[expect(missing_docs, reason = "the parts are those of the condition")]
pub enum Judged {
    All {
        all: Vec<Judged>,
        holds: bool,
    },
    Any {
        any: Vec<Judged>,
        holds: bool,
    },
    Not {
        not: Box<Judged>,
        holds: bool,
    },
    Leaf {
        #[serde(flatten)]
        leaf: Arc<Leaf>,
        actual: Value,
        #[serde(default, deserialize_with = "there", skip_serializing_if = "Option::is_none")]
        compared_with: Option<Value>,
        holds: bool,
    },
}

/// A value that is there, null included.
fn there<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

impl Judged {
    /// Whether it holds.
    #[must_use]
    pub fn holds(&self) -> bool {
        match self {
            Self::All { holds, .. }
            | Self::Any { holds, .. }
            | Self::Not { holds, .. }
            | Self::Leaf { holds, .. } => *holds,
        }
    }

    /// The comparisons that made it come out as it did, in words, such as
    /// `item.amount is 250 (greater_than 1000)`.
    #[must_use]
    pub fn reasons(&self) -> Vec<String> {
        match self {
            Self::All { all: parts, holds } | Self::Any { any: parts, holds } => {
                parts.iter().filter(|part| part.holds() == *holds).flat_map(Self::reasons).collect()
            }
            Self::Not { not, .. } => not.reasons(),
            Self::Leaf { leaf, actual, compared_with, .. } => {
                let wanted = match (&leaf.value, compared_with) {
                    (Some(Operand::Field(other)), Some(found)) => {
                        format!(" {}, which is {}", other.field, shown(found))
                    }
                    (Some(Operand::Literal(value)), _) => format!(" {}", shown(value)),
                    _ => String::new(),
                };
                vec![format!("{} is {} ({}{wanted})", leaf.field, shown(actual), leaf.is.name())]
            }
        }
    }
}

/// Decides a condition on `facts`, an object whose keys are the roots of what it refers to.
#[must_use]
pub fn judge(condition: &Condition, facts: &Value, known: &Vocabulary, zone: Tz) -> Judged {
    // Every part is judged, also where an earlier one decides: the tree that is kept says of every
    // node whether it holds (ADR 0010).
    let all_of = |parts: &[Condition]| {
        parts.iter().map(|part| judge(part, facts, known, zone)).collect::<Vec<_>>()
    };

    match condition {
        Condition::All { all } => {
            let all = all_of(all);
            Judged::All { holds: all.iter().all(Judged::holds), all }
        }
        Condition::Any { any } => {
            let any = all_of(any);
            Judged::Any { holds: any.iter().any(Judged::holds), any }
        }
        Condition::Not { not } => {
            let not = judge(not, facts, known, zone);
            Judged::Not { holds: !not.holds(), not: Box::new(not) }
        }
        Condition::Leaf(leaf) => judge_leaf(leaf, facts, known, zone),
    }
}

fn judge_leaf(leaf: &Arc<Leaf>, facts: &Value, known: &Vocabulary, zone: Tz) -> Judged {
    // The item may have changed again since the event; what the event made of the field is in
    // `after`.
    let changed = match leaf.is {
        Operator::Changed | Operator::ChangedTo => {
            leaf.field.strip_prefix("item.").and_then(|field| facts.get("after")?.get(field))
        }
        _ => None,
    };
    let actual = changed.unwrap_or_else(|| find(facts, &leaf.field));
    let own = known.type_of(&leaf.field).unwrap_or(Type::Any);

    let (other, value, holds_type) = match &leaf.value {
        // A value that is compared with one of another type is compared as what both look like.
        Some(Operand::Field(other)) => {
            let (found, type_of) = (find(facts, &other.field), known.type_of(&other.field));
            (Some(found), found, if type_of == Some(own) { own } else { Type::Any })
        }
        Some(Operand::Literal(value)) => (None, value, own),
        None => (None, &Value::Null, own),
    };

    let holds = holds(leaf.is, holds_type, actual, value, changed.is_some(), zone);
    Judged::Leaf {
        leaf: Arc::clone(leaf),
        actual: cut(actual),
        compared_with: other.map(cut),
        holds,
    }
}

fn holds(
    is: Operator,
    holds: Type,
    actual: &Value,
    value: &Value,
    changed: bool,
    zone: Tz,
) -> bool {
    let ordered =
        |fits: fn(std::cmp::Ordering) -> bool| order(holds, actual, value, zone).is_some_and(fits);

    match is {
        Operator::Equals => equal(holds, actual, value, zone),
        Operator::NotEquals => !equal(holds, actual, value, zone),
        Operator::Contains => contains(actual, value, zone),
        Operator::NotContains => !contains(actual, value, zone),
        Operator::StartsWith => starts_with(actual, value),
        Operator::GreaterThan => ordered(std::cmp::Ordering::is_gt),
        Operator::GreaterOrEqual => ordered(std::cmp::Ordering::is_ge),
        Operator::LessThan => ordered(std::cmp::Ordering::is_lt),
        Operator::LessOrEqual => ordered(std::cmp::Ordering::is_le),
        Operator::Empty => is_empty(actual),
        Operator::NotEmpty => !is_empty(actual),
        Operator::In => is_in(holds, actual, value, zone),
        Operator::Changed => changed,
        Operator::ChangedTo => changed && equal(holds, actual, value, zone),
    }
}

/// Whether a value, or one of several, is among others.
fn is_in(holds: Type, actual: &Value, values: &Value, zone: Tz) -> bool {
    let one = |actual: &Value| match values {
        Value::Array(values) => {
            values.iter().any(|value| !is_empty(value) && equal(holds, actual, value, zone))
        }
        other => !is_empty(other) && equal(holds, actual, other, zone),
    };

    match actual {
        Value::Array(several) => several.iter().any(one),
        actual => one(actual),
    }
}

/// What lies at a path such as `item.amount`; nothing where there is nothing.
fn find<'f>(facts: &'f Value, path: &str) -> &'f Value {
    let step = |at: &'f Value, part: &str| match at {
        Value::Array(values) => part.parse::<usize>().ok().and_then(|place| values.get(place)),
        other => other.get(part),
    };

    path.split('.').try_fold(facts, step).unwrap_or(&Value::Null)
}

/// A value short enough to be kept.
fn cut(value: &Value) -> Value {
    match value {
        Value::String(text) if text.chars().count() > SHOWN_CHARS => {
            Value::String(text.chars().take(SHOWN_CHARS).chain(['…']).collect())
        }
        Value::Array(values) => Value::Array(values.iter().take(SHOWN_ENTRIES).map(cut).collect()),
        Value::Object(_) => cut(&Value::String(value.to_string())),
        other => other.clone(),
    }
}

fn shown(value: &Value) -> String {
    if is_empty(value) {
        return "empty".to_owned();
    }
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
