//! The values of a template while it is filled in.

use std::borrow::Cow;
use std::rc::Rc;

use bigdecimal::BigDecimal;
use bigdecimal::num_bigint::Sign;
use serde_json::{Map, Value as Json};

use super::Unfilled;
use super::work::Work;
use crate::decimal;

/// Longest value that a message repeats, in characters.
const SHOWN_CHARS_MAX: usize = 60;

/// Bytes that are looked through for the price of one that is made.
const LOOKED_AT_BYTES: usize = 8;

/// One value. Texts of the facts and of the template are not copied; no list is made that holds
/// another, other than those of the facts.
#[derive(Clone, Debug)]
pub(super) enum Value<'v> {
    /// Nothing is there.
    Nothing,
    /// Yes or no.
    YesNo(bool),
    /// A number that is exact.
    Number(BigDecimal),
    /// A text, which may look like a number.
    Text(Cow<'v, str>),
    /// Several values.
    List(Rc<[Value<'v>]>),
    /// Fields by name.
    Object(&'v Map<String, Json>),
    /// What a `for` tells of itself.
    Loop {
        /// Which turn it is, from zero.
        index: usize,
        /// How many turns there are.
        length: usize,
    },
}

impl<'v> Value<'v> {
    /// A fact.
    ///
    /// # Errors
    /// Too much work.
    pub(super) fn of(json: &'v Json, work: &mut Work) -> Result<Self, Unfilled> {
        work.step()?;
        Ok(match json {
            Json::Null => Self::Nothing,
            Json::Bool(yes) => Self::YesNo(*yes),
            Json::Number(number) => {
                let digits = number.to_string();
                decimal::parse(&digits).map_or(Self::Text(Cow::Owned(digits)), Self::Number)
            }
            Json::String(text) => Self::Text(Cow::Borrowed(text)),
            Json::Array(entries) => Self::List(
                entries.iter().map(|entry| Self::of(entry, work)).collect::<Result<_, _>>()?,
            ),
            Json::Object(fields) => Self::Object(fields),
        })
    }

    /// A text made of others, paid for already.
    pub(super) fn made(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }

    /// What stands under a name in it; nothing where there is no such thing.
    ///
    /// # Errors
    /// Too much work.
    pub(super) fn field(&self, name: &str, work: &mut Work) -> Result<Self, Unfilled> {
        let count = |number: usize| {
            Self::Number(BigDecimal::from(u64::try_from(number).unwrap_or(u64::MAX)))
        };

        match (self, name) {
            (Self::Object(fields), _) => {
                fields.get(name).map_or(Ok(Self::Nothing), |field| Self::of(field, work))
            }
            (Self::Loop { index, .. }, "index") => Ok(count(index.saturating_add(1))),
            (Self::Loop { index, .. }, "index0") => Ok(count(*index)),
            (Self::Loop { index, .. }, "first") => Ok(Self::YesNo(*index == 0)),
            (Self::Loop { index, length }, "last") => {
                Ok(Self::YesNo(index.saturating_add(1) == *length))
            }
            (Self::Loop { length, .. }, "length") => Ok(count(*length)),
            _ => Ok(Self::Nothing),
        }
    }

    /// Whether there is nothing to show: a text of spaces is nothing.
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Nothing | Self::Loop { .. } => true,
            Self::YesNo(_) | Self::Number(_) => false,
            Self::Text(text) => text.trim().is_empty(),
            Self::List(entries) => entries.is_empty(),
            Self::Object(fields) => fields.is_empty(),
        }
    }

    /// Whether `if` takes it for true.
    pub(super) fn is_true(&self) -> bool {
        match self {
            Self::YesNo(yes) => *yes,
            Self::Number(number) => number.sign() != Sign::NoSign,
            Self::Text(text) => !text.is_empty(),
            other => !other.is_empty(),
        }
    }

    /// What it costs to look at all of it, as each of these does: whether it is empty, and whether
    /// it is a number.
    pub(super) fn weight(&self) -> usize {
        match self {
            Self::Text(text) => text.len() / LOOKED_AT_BYTES,
            Self::List(entries) => entries.iter().map(|entry| entry.weight() + 1).sum(),
            _ => 0,
        }
    }

    /// The number that it is or looks like.
    pub(super) fn number(&self) -> Option<Cow<'_, BigDecimal>> {
        match self {
            Self::Number(number) => Some(Cow::Borrowed(number)),
            Self::Text(text) => decimal::parse(text.trim()).map(Cow::Owned),
            _ => None,
        }
    }

    /// The value as a text says it: nothing is an empty one, the entries of a list stand behind one
    /// another.
    ///
    /// # Errors
    /// Too much work.
    pub(super) fn text(&self, work: &mut Work) -> Result<Cow<'v, str>, Unfilled> {
        let text = match self {
            Self::Nothing | Self::Loop { .. } => Cow::Borrowed(""),
            Self::YesNo(yes) => Cow::Borrowed(if *yes { "true" } else { "false" }),
            Self::Number(number) => Cow::Owned(number.to_plain_string()),
            Self::Text(Cow::Borrowed(text)) => return Ok(Cow::Borrowed(text)),
            Self::Text(Cow::Owned(text)) => {
                work.spend(text.len())?;
                return Ok(Cow::Owned(text.clone()));
            }
            Self::List(entries) => Cow::Owned(joined(entries, ", ", work)?),
            Self::Object(fields) => Cow::Owned(serde_json::to_string(fields).unwrap_or_default()),
        };

        // Paid for afterwards, which is safe here: what was made is no larger than one fact or
        // number, and `joined` has paid for the entries of a list.
        work.spend(text.len())?;
        Ok(text)
    }

    /// The value as a message repeats it.
    pub(super) fn shown(&self, work: &mut Work) -> String {
        let text = self.text(work).unwrap_or_default();

        match text.char_indices().nth(SHOWN_CHARS_MAX) {
            Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
            None => text.into_owned(),
        }
    }
}

/// The entries that are not empty, with something between them.
///
/// # Errors
/// Too much work.
pub(super) fn joined(
    entries: &[Value<'_>],
    between: &str,
    work: &mut Work,
) -> Result<String, Unfilled> {
    let mut whole = String::new();

    for entry in entries.iter().filter(|entry| !entry.is_empty()) {
        let entry = entry.text(work)?;
        work.spend(entry.len() + between.len())?;
        whole.push_str(if whole.is_empty() { "" } else { between });
        whole.push_str(&entry);
    }

    Ok(whole)
}
