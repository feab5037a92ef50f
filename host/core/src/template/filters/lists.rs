//! Filters of lists.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::rc::Rc;

use bigdecimal::BigDecimal;

use super::call::Call;
use crate::template::Unfilled;
use crate::template::value::{Value, joined};
use crate::template::work::Work;

/// The entries of a list that are not empty, with something between them.
pub(super) fn join<'v>(value: &Value<'v>, call: &mut Call<'_, 'v>) -> Result<Value<'v>, Unfilled> {
    let between = call.place(0)?.unwrap_or(Cow::Borrowed(", "));

    match value {
        Value::List(entries) => joined(entries, &between, call.work).map(Value::made),
        other => other.text(call.work).map(Value::Text),
    }
}

/// How many characters, entries or fields there are.
pub(super) fn length<'v>(
    value: &Value<'v>,
    call: &mut Call<'_, 'v>,
) -> Result<Value<'v>, Unfilled> {
    let length = match value {
        Value::Nothing => 0,
        Value::Text(text) => {
            call.work.spend(text.len())?;
            text.chars().count()
        }
        Value::List(entries) => entries.len(),
        Value::Object(fields) => fields.len(),
        other => {
            return Err(Unfilled::Failed(format!("`{}` has no length", other.shown(call.work))));
        }
    };

    Ok(Value::Number(BigDecimal::from(u64::try_from(length).unwrap_or(u64::MAX))))
}

pub(super) fn first<'v>(value: &Value<'v>, call: &mut Call<'_, 'v>) -> Result<Value<'v>, Unfilled> {
    one(value, call.work, |entries| entries.first(), |text| text.chars().next())
}

pub(super) fn last<'v>(value: &Value<'v>, call: &mut Call<'_, 'v>) -> Result<Value<'v>, Unfilled> {
    one(value, call.work, |entries| entries.last(), |text| text.chars().next_back())
}

/// One entry of a list or one character of a text.
fn one<'v>(
    value: &Value<'v>,
    work: &mut Work,
    entry: for<'e> fn(&'e [Value<'v>]) -> Option<&'e Value<'v>>,
    letter: fn(&str) -> Option<char>,
) -> Result<Value<'v>, Unfilled> {
    match value {
        Value::List(entries) => Ok(entry(entries).cloned().unwrap_or(Value::Nothing)),
        other => Ok(letter(&other.text(work)?)
            .map_or(Value::Nothing, |letter| Value::made(letter.to_string()))),
    }
}

/// The entries or the characters the other way round.
pub(super) fn reverse<'v>(
    value: &Value<'v>,
    call: &mut Call<'_, 'v>,
) -> Result<Value<'v>, Unfilled> {
    if let Value::List(_) = value {
        return Ok(Value::List(entries(value, call.work)?.into_iter().rev().collect()));
    }

    let text = value.text(call.work)?;
    call.work.spend(text.len())?;
    Ok(Value::made(text.chars().rev().collect()))
}

/// The entries in order: by number where all of them are, else by their text.
pub(super) fn sort<'v>(value: &Value<'v>, call: &mut Call<'_, 'v>) -> Result<Value<'v>, Unfilled> {
    let entries = entries(value, call.work)?;
    let numbers: Option<Vec<BigDecimal>> =
        entries.iter().map(|entry| entry.number().map(Cow::into_owned)).collect();

    let sorted: Rc<[_]> = match numbers {
        Some(numbers) => in_order(numbers, entries),
        None => in_order(
            entries.iter().map(|entry| key(entry, call.work)).collect::<Result<_, _>>()?,
            entries,
        ),
    };

    Ok(Value::List(sorted))
}

fn in_order<'v, K: Ord>(keys: Vec<K>, entries: Vec<Value<'v>>) -> Rc<[Value<'v>]> {
    let mut both: Vec<_> = keys.into_iter().zip(entries).collect();
    both.sort_by(|(a, _), (b, _)| a.cmp(b));

    both.into_iter().map(|(_, entry)| entry).collect()
}

/// The entries without those that were there before; capital and small letters are the same.
pub(super) fn unique<'v>(
    value: &Value<'v>,
    call: &mut Call<'_, 'v>,
) -> Result<Value<'v>, Unfilled> {
    let (mut seen, mut kept) = (BTreeSet::new(), Vec::new());

    for entry in entries(value, call.work)? {
        if seen.insert(key(&entry, call.work)?) {
            kept.push(entry);
        }
    }

    Ok(Value::List(kept.into()))
}

/// What an object has, as pairs of name and value.
pub(super) fn items<'v>(value: &Value<'v>, call: &mut Call<'_, 'v>) -> Result<Value<'v>, Unfilled> {
    let fields = match value {
        Value::Nothing => return Ok(Value::List(Rc::new([]))),
        Value::Object(fields) => fields,
        other => {
            return Err(Unfilled::Failed(format!("`{}` has no fields", other.shown(call.work))));
        }
    };

    let mut pairs = Vec::new();
    for (name, field) in *fields {
        pairs.push(Value::List(Rc::new([
            Value::Text(Cow::Borrowed(name)),
            Value::of(field, call.work)?,
        ])));
    }

    Ok(Value::List(pairs.into()))
}

/// The entries of a list, paid for.
fn entries<'v>(value: &Value<'v>, work: &mut Work) -> Result<Vec<Value<'v>>, Unfilled> {
    match value {
        Value::Nothing => Ok(Vec::new()),
        Value::List(entries) => {
            entries.iter().map(|entry| work.step().map(|()| entry.clone())).collect()
        }
        other => Err(Unfilled::Failed(format!("`{}` is no list", other.shown(work)))),
    }
}

/// What an entry is known by.
fn key(entry: &Value<'_>, work: &mut Work) -> Result<String, Unfilled> {
    let text = entry.text(work)?;
    work.spend(text.len())?;
    Ok(text.to_lowercase())
}
