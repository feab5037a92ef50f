//! The check of a condition when it is saved.

use serde_json::Value;

use super::compare::{instant, is_day};
use super::{Condition, DEPTH_MAX, LEAVES_MAX, Leaf, Operand, Operator};
use crate::decimal;
use crate::limits::{LIST_MAX, TEXT_CHARS_MAX};
use crate::refusal::{Reason, Refusal};
use crate::vocabulary::{Type, Vocabulary};

/// Checks that a condition is within bounds, that what it refers to can be there, and that every
/// value fits what it is compared with. The field at fault is named from the condition on, such as
/// `all[0].value`.
///
/// # Errors
/// `condition.too-large`, `condition.empty-group`, `condition.wrong-operator`,
/// `condition.wrong-value`, `automation.unknown-reference`.
pub fn check(condition: &Condition, known: &Vocabulary) -> Result<(), Refusal> {
    let leaves = check_at(condition, known, 1)?;
    if leaves > LEAVES_MAX {
        let message = format!("this condition has {leaves} comparisons; {LEAVES_MAX} are allowed");
        return Err(Refusal::new(
            crate::refusal::RefusalKind::Invalid,
            "condition.too-large",
            message,
        ));
    }

    Ok(())
}

/// Checks a part of a condition and gives its number of leaves.
fn check_at(condition: &Condition, known: &Vocabulary, depth: usize) -> Result<usize, Refusal> {
    if depth > DEPTH_MAX {
        let message = format!("groups lie within groups {DEPTH_MAX} deep at most");
        return Err(Refusal::new(
            crate::refusal::RefusalKind::Invalid,
            "condition.too-large",
            message,
        ));
    }

    match condition {
        Condition::All { all } => check_group("all", all, known, depth),
        Condition::Any { any } => check_group("any", any, known, depth),
        Condition::Not { not } => {
            check_at(not, known, depth + 1).map_err(|refusal| refusal.inside("not"))
        }
        Condition::Leaf(leaf) => check_leaf(leaf, known).map(|()| 1),
    }
}

fn check_group(
    name: &str,
    parts: &[Condition],
    known: &Vocabulary,
    depth: usize,
) -> Result<usize, Refusal> {
    if parts.is_empty() {
        return Err(Refusal::invalid(
            "condition.empty-group",
            name,
            "put at least one condition into this group, or remove it",
        ));
    }

    let counted = parts.iter().enumerate().map(|(place, part)| {
        check_at(part, known, depth + 1)
            .map_err(|refusal| refusal.inside(&format!("{name}[{place}]")))
    });
    counted.sum()
}

fn check_leaf(leaf: &Leaf, known: &Vocabulary) -> Result<(), Refusal> {
    let holds = known_type(&leaf.field, known)?;
    check_operator(leaf, holds)?;

    match (&leaf.value, needs_value(leaf.is)) {
        (None, false) => Ok(()),
        (None, true) => Err(wrong_value(format!("`{}` needs a value", leaf.is.name()))),
        (Some(_), false) => {
            Err(wrong_value(format!("`{}` takes no value; leave it out", leaf.is.name())))
        }
        (Some(Operand::Field(other)), true) => {
            let other_holds =
                known_type(&other.field, known).map_err(|refusal| refusal.inside("value"))?;
            check_pair(leaf, holds, &other.field, other_holds)
        }
        (Some(Operand::Literal(Value::Array(values))), true) if leaf.is == Operator::In => {
            check_values(holds, values)
        }
        (Some(Operand::Literal(_)), true) if leaf.is == Operator::In => {
            Err(wrong_value("write a list of values"))
        }
        (Some(Operand::Literal(value)), true) => check_value(holds, value),
    }
}

fn known_type(path: &str, known: &Vocabulary) -> Result<Type, Refusal> {
    known.type_of(path).ok_or_else(|| {
        Refusal::invalid("automation.unknown-reference", "field", known.unknown(path))
            .because(Reason::UnknownReference(path.to_owned()))
    })
}

fn needs_value(is: Operator) -> bool {
    !matches!(is, Operator::Empty | Operator::NotEmpty | Operator::Changed)
}

/// Whether the operator makes sense for what the field holds.
fn check_operator(leaf: &Leaf, holds: Type) -> Result<(), Refusal> {
    use Operator::{
        Changed, ChangedTo, Contains, GreaterOrEqual, GreaterThan, LessOrEqual, LessThan,
        NotContains, StartsWith,
    };
    let wrong = |why: String| Err(Refusal::invalid("condition.wrong-operator", "is", why));
    let name = leaf.is.name();

    match leaf.is {
        GreaterThan | GreaterOrEqual | LessThan | LessOrEqual
            if !matches!(holds, Type::Number | Type::Moment | Type::Any) =>
        {
            wrong(format!(
                "`{name}` compares numbers and dates; `{}` is {}",
                leaf.field,
                holds.name()
            ))
        }
        Contains | NotContains if !matches!(holds, Type::Text | Type::List | Type::Any) => wrong(
            format!("`{name}` looks into texts and lists; `{}` is {}", leaf.field, holds.name()),
        ),
        StartsWith if !matches!(holds, Type::Text | Type::Any) => {
            wrong(format!("`{name}` looks into texts; `{}` is {}", leaf.field, holds.name()))
        }
        Changed | ChangedTo if !leaf.field.starts_with("item.") => {
            wrong(format!("`{name}` is about a field of the item, such as item.amount"))
        }
        _ => Ok(()),
    }
}

/// Whether two fields can be compared at all.
fn check_pair(leaf: &Leaf, holds: Type, other: &str, other_holds: Type) -> Result<(), Refusal> {
    let textual = |holds: Type| matches!(holds, Type::Text | Type::Id);
    let one_in_many = (holds == Type::List) != (other_holds == Type::List);

    let fits = match leaf.is {
        // What a plugin gives has no type before it is there, so `judge` compares it as what both
        // look like.
        _ if holds == Type::Any || other_holds == Type::Any => true,
        Operator::In => one_in_many || holds == other_holds,
        Operator::Contains | Operator::NotContains if holds == Type::List => {
            other_holds != Type::List
        }
        _ => holds == other_holds || (textual(holds) && textual(other_holds)),
    };
    if fits {
        return Ok(());
    }

    let message = format!(
        "`{}` is {} and `{other}` is {}; they cannot be compared so",
        leaf.field,
        holds.name(),
        other_holds.name()
    );
    Err(wrong_value(message))
}

fn check_values(holds: Type, values: &[Value]) -> Result<(), Refusal> {
    if values.is_empty() || values.len() > LIST_MAX {
        return Err(wrong_value(format!("write 1 to {LIST_MAX} values")));
    }

    values.iter().enumerate().try_for_each(|(place, value)| {
        check_value(holds, value).map_err(|refusal| refusal.at(format!("value[{place}]")))
    })
}

/// Whether a value can be what the field holds.
fn check_value(holds: Type, value: &Value) -> Result<(), Refusal> {
    let text = value.as_str().unwrap_or_default();
    let is_text = value.is_string() && !text.is_empty() && text.chars().count() <= TEXT_CHARS_MAX;

    let (fits, wanted) = match holds {
        Type::Number => {
            (decimal::is_number(value), "a decimal number as text, such as \"1250.50\"")
        }
        Type::Moment => (
            instant(value).is_some() || is_day(value),
            "a date that there is, such as 2026-11-22T09:30:00Z, or the whole day 2026-11-22",
        ),
        Type::YesNo => (value.is_boolean(), "true or false"),
        Type::Text | Type::Id | Type::List => {
            (is_text, "text; for what is not filled in there are `empty` and `not_empty`")
        }
        Type::Any => (
            is_text || value.is_boolean() || decimal::is_number(value),
            "text, a number, or true or false",
        ),
    };

    if fits { Ok(()) } else { Err(wrong_value(format!("write {wanted}"))) }
}

fn wrong_value(message: impl Into<String>) -> Refusal {
    Refusal::invalid("condition.wrong-value", "value", message)
}
