//! Arithmetic and comparisons. Numbers are exact, whether they are written as such or as a text.

use std::cmp::Ordering;

use bigdecimal::RoundingMode;
use bigdecimal::num_bigint::Sign;
use minijinja::machinery::ast::BinOpKind;

use super::Unfilled;
use super::value::Value;
use super::work::Work;
use crate::time::Timestamp;

/// Digits behind the point of a quotient.
const QUOTIENT_DECIMALS: i64 = 10;
/// Digits of a number that was worked out, and those of them behind the point.
const DIGITS_MAX: u64 = 80;

/// What working out one number costs.
const ARITHMETIC: usize = 200;

/// The sign of an operator of arithmetic.
pub(super) fn sign(kind: BinOpKind) -> Option<&'static str> {
    match kind {
        BinOpKind::Add => Some("+"),
        BinOpKind::Sub => Some("-"),
        BinOpKind::Mul => Some("*"),
        BinOpKind::Div => Some("/"),
        _ => None,
    }
}

/// The sign of an operator that there is not.
pub(super) fn missing(kind: BinOpKind) -> Option<&'static str> {
    match kind {
        BinOpKind::FloorDiv => Some("//"),
        BinOpKind::Rem => Some("%"),
        BinOpKind::Pow => Some("**"),
        _ => None,
    }
}

/// What two numbers come to; nothing where one of them is empty. It has as many decimals as the
/// longer of the two, and more where it needs them; a quotient is rounded half up at ten.
///
/// # Errors
/// One of them is no number, the divisor is zero, or there are too many digits.
pub(super) fn calculated<'v>(
    kind: BinOpKind,
    a: &Value<'v>,
    b: &Value<'v>,
    work: &mut Work,
) -> Result<Value<'v>, Unfilled> {
    if a.is_empty() || b.is_empty() {
        return Ok(Value::Nothing);
    }

    // One price for all: the length of texts that are read as numbers and `DIGITS_MAX` bound the
    // digits.
    work.spend(ARITHMETIC)?;
    let mut number = |value: &Value<'v>| {
        let number = value.number().map(std::borrow::Cow::into_owned);
        number.ok_or_else(|| Unfilled::Failed(format!("`{}` is no number", value.shown(work))))
    };
    let (a, b) = (number(a)?, number(b)?);
    let decimals = a.fractional_digit_count().max(b.fractional_digit_count()).max(0);

    let exact = match kind {
        BinOpKind::Sub => a - b,
        BinOpKind::Mul => a * b,
        BinOpKind::Div if b.sign() == Sign::NoSign => {
            return Err(Unfilled::Failed("nothing can be divided by zero".to_owned()));
        }
        BinOpKind::Div => (a / b).with_scale_round(QUOTIENT_DECIMALS, RoundingMode::HalfUp),
        _ => a + b,
    };

    if exact.digits() > DIGITS_MAX {
        return Err(Unfilled::Failed(format!("a number comes to more than {DIGITS_MAX} digits")));
    }

    let needed = exact.normalized().fractional_digit_count();
    Ok(Value::Number(exact.with_scale(needed.max(decimals))))
}

/// Whether a comparison holds.
///
/// # Errors
/// Too much work, or nothing can be `in` it.
pub(super) fn compared(
    kind: BinOpKind,
    a: &Value<'_>,
    b: &Value<'_>,
    work: &mut Work,
) -> Result<bool, Unfilled> {
    Ok(match kind {
        BinOpKind::Eq => equal(a, b, work)?,
        BinOpKind::Ne => !equal(a, b, work)?,
        BinOpKind::In => contains(b, a, work)?,
        BinOpKind::Lt => order(a, b, work)? == Some(Ordering::Less),
        BinOpKind::Gt => order(a, b, work)? == Some(Ordering::Greater),
        BinOpKind::Lte => order(a, b, work)?.is_some_and(Ordering::is_le),
        _ => order(a, b, work)?.is_some_and(Ordering::is_ge),
    })
}

/// Whether two values are the same. Two that are empty are.
fn equal(a: &Value<'_>, b: &Value<'_>, work: &mut Work) -> Result<bool, Unfilled> {
    work.step()?;

    match (a, b) {
        _ if a.is_empty() || b.is_empty() => Ok(a.is_empty() && b.is_empty()),
        (Value::Object(_), Value::Object(_)) => Ok(a.text(work)? == b.text(work)?),
        (Value::List(a), Value::List(b)) => {
            for (a, b) in a.iter().zip(b.iter()) {
                if !equal(a, b, work)? {
                    return Ok(false);
                }
            }
            Ok(a.len() == b.len())
        }
        _ => Ok(order(a, b, work)? == Some(Ordering::Equal)),
    }
}

/// The order of two values as what both look like: numbers, moments, else texts. There is none
/// where one is empty.
fn order(a: &Value<'_>, b: &Value<'_>, work: &mut Work) -> Result<Option<Ordering>, Unfilled> {
    if a.is_empty() || b.is_empty() {
        return Ok(None);
    }

    if let (Some(a), Some(b)) = (a.number(), b.number()) {
        return Ok(Some(a.cmp(&b)));
    }

    Ok(match (a, b) {
        (Value::YesNo(a), Value::YesNo(b)) => Some(a.cmp(b)),
        (Value::Text(a), Value::Text(b)) => {
            work.spend(a.len().min(b.len()))?;
            let moments = a.parse::<Timestamp>().ok().zip(b.parse::<Timestamp>().ok());
            Some(moments.map_or_else(|| a.cmp(b), |(a, b)| a.cmp(&b)))
        }
        _ => None,
    })
}

/// Whether a text contains another, a list an entry, or an object a name. Nothing contains nothing.
fn contains(whole: &Value<'_>, part: &Value<'_>, work: &mut Work) -> Result<bool, Unfilled> {
    match whole {
        Value::Nothing => Ok(false),
        Value::Text(text) => {
            work.spend(text.len())?;
            Ok(text.contains(part.text(work)?.as_ref()))
        }

        Value::List(entries) => {
            for entry in entries.iter() {
                if equal(entry, part, work)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }

        Value::Object(fields) => Ok(fields.contains_key(part.text(work)?.as_ref())),
        other => Err(Unfilled::Failed(format!(
            "`in` looks into texts and lists; `{}` is neither",
            other.shown(work)
        ))),
    }
}
