//! Decimal numbers, exactly: amounts of money are no floats.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::str::FromStr;

use bigdecimal::BigDecimal;
use serde_json::Value;

/// Longest decimal number that is read, in characters.
const CHARS_MAX: usize = 40;

/// A decimal number written out, such as `-1250.50`. Exponents are not read: `1e999999999` would be
/// as long as it says.
#[must_use]
pub fn parse(text: &str) -> Option<BigDecimal> {
    split(text).and_then(|_| BigDecimal::from_str(text).ok())
}

/// Whether a JSON value is a decimal number: a number, or one as text.
#[must_use]
pub fn is_number(value: &Value) -> bool {
    digits(value).is_some_and(|text| split(&text).is_some())
}

/// The order of two decimal numbers in JSON values; none where one of them is no number.
#[must_use]
pub fn order(a: &Value, b: &Value) -> Option<Ordering> {
    // Compared as they are written, without a number being made of either.
    let (a, b) = (digits(a)?, digits(b)?);
    let (a, b) = (Digits::of(&a)?, Digits::of(&b)?);

    Some(match (a.negative, b.negative) {
        (false, false) => a.magnitude(&b),
        (true, true) => b.magnitude(&a),
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
    })
}

/// The digits of a number, without those that say nothing.
struct Digits<'a> {
    negative: bool,
    whole: &'a str,
    part: &'a str,
}

impl<'a> Digits<'a> {
    fn of(text: &'a str) -> Option<Self> {
        let (whole, part) = split(text)?;
        let (whole, part) = (whole.trim_start_matches('0'), part.trim_end_matches('0'));
        Some(Self {
            // `-0.0` is no less than `0`.
            negative: text.starts_with('-') && !(whole.is_empty() && part.is_empty()),
            whole,
            part,
        })
    }

    /// The order by size: more digits before the point are more, those behind it compare from the
    /// left.
    fn magnitude(&self, other: &Self) -> Ordering {
        self.whole
            .len()
            .cmp(&other.whole.len())
            .then_with(|| self.whole.cmp(other.whole))
            .then_with(|| self.part.cmp(other.part))
    }
}

/// A number as it is written.
fn digits(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) => Some(Cow::Borrowed(text.trim())),
        Value::Number(number) => Some(Cow::Owned(number.to_string())),
        _ => None,
    }
}

/// What stands before and behind the point of a plain number.
fn split(text: &str) -> Option<(&str, &str)> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let numeric = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());

    Some((whole, part))
        .filter(|(whole, part)| text.len() <= CHARS_MAX && numeric(whole) && numeric(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_numbers_are_read() {
        for wrong in ["", "-", ".", "1.", ".5", "1e9", "+1", "1_000", "0x1", "NaN", "1,5", "1 000"]
        {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn the_order_is_that_of_numbers_and_not_of_letters() {
        let texts = [
            "-10",
            "-9.50",
            "-0.1",
            "-0.0",
            "0",
            "0.10",
            "0.1000001",
            "9",
            "10",
            "10.00",
            "100",
            "1e9",
        ];

        for (a, b) in texts.iter().flat_map(|a| texts.iter().map(move |b| (*a, *b))) {
            let by_library = parse(a).zip(parse(b)).map(|(a, b)| a.cmp(&b));
            assert_eq!(order(&Value::from(a), &Value::from(b)), by_library, "{a} {b}");
        }

        assert_eq!(order(&Value::from(5), &Value::from("5.0")), Some(Ordering::Equal));
        assert_eq!(order(&Value::Null, &Value::from(5)), None);
    }
}
