//! How Meta writes moments and phone numbers.

use stagewright_core::time::Timestamp;

/// Whole seconds, as Meta writes moments.
pub(crate) fn seconds(at: Timestamp) -> i64 {
    at.0.div_euclid(1_000)
}

/// A phone number in digits alone, as Meta writes it.
pub(crate) fn digits(number: &str) -> String {
    number.chars().filter(char::is_ascii_digit).collect()
}
