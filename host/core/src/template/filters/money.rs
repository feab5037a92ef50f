//! Money as people write it.

use bigdecimal::{BigDecimal, RoundingMode};

/// Most digits behind the point.
pub(in crate::template) const DECIMALS_MAX: u8 = 6;

/// Signs of currencies; others are written by their code.
const SIGNS: [(&str, &str); 7] = [
    ("UAH", "₴"),
    ("RUB", "₽"),
    ("USD", "$"),
    ("EUR", "€"),
    ("GBP", "£"),
    ("KZT", "₸"),
    ("PLN", "zł"),
];

/// An amount, rounded half up, with its digits in groups: `$1,250.50` in English, `1 250,50 ₴` in
/// Russian and Ukrainian. What belongs together is held together by spaces that do not break.
pub(super) fn written(amount: &BigDecimal, currency: &str, decimals: u8, language: &str) -> String {
    let rounded =
        amount.with_scale_round(i64::from(decimals), RoundingMode::HalfUp).to_plain_string();

    let (minus, digits) =
        rounded.strip_prefix('-').map_or(("", rounded.as_str()), |digits| ("-", digits));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));

    let (between, point) = if language == "en" { (",", ".") } else { ("\u{a0}", ",") };
    let point = if part.is_empty() { "" } else { point };
    let number = format!("{}{point}{part}", grouped(whole, between));
    let sign = SIGNS.iter().find(|(code, _)| *code == currency).map(|(_, sign)| *sign);

    match (sign, currency) {
        (_, "") => format!("{minus}{number}"),
        (Some(sign), _) if language == "en" => format!("{minus}{sign}{number}"),
        (sign, code) => format!("{minus}{number}\u{a0}{}", sign.unwrap_or(code)),
    }
}

/// Digits in groups of three.
fn grouped(digits: &str, between: &str) -> String {
    let mut text = String::new();

    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push_str(between);
        }
        text.push(digit);
    }
    text
}
