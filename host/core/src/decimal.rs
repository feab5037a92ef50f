//! Decimal numbers, exactly: amounts of money are no floats.

use std::str::FromStr;

use bigdecimal::BigDecimal;
use serde_json::Value;

/// Longest decimal number that is read, in characters.
const CHARS_MAX: usize = 40;

/// A decimal number written out, such as `-1250.50`. Exponents are not read: `1e999999999` would be as long as it says.
#[must_use]
pub fn parse(text: &str) -> Option<BigDecimal> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let numeric = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let is_plain = text.len() <= CHARS_MAX && numeric(whole) && numeric(part);
    BigDecimal::from_str(text).ok().filter(|_| is_plain)
}

/// The decimal number in a JSON value: a number, or one as text.
#[must_use]
pub fn of(value: &Value) -> Option<BigDecimal> {
    match value {
        Value::String(text) => parse(text.trim()),
        Value::Number(number) => parse(&number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_numbers_are_read() {
        for wrong in ["", "-", ".", "1.", ".5", "1e9", "+1", "1_000", "0x1", "NaN", "1,5", "1 000"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
        assert_eq!(parse("1000.00"), parse("1000"));
        assert!(parse("0.1") < parse("0.10000000000000000000000001"));
    }
}
