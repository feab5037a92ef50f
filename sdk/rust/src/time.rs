//! Moments and durations.

use serde::Serialize;
use serde_json::json;

use crate::Failure;

/// A moment that lies so far from another. What is not set is left to the host.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Shift {
    /// RFC 3339; else the call's time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// A duration such as `2h`, or `-1d` for before; else nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub add: Option<String>,
    /// `none`: every hour counts; `count`: only working time does; `shift`: every hour counts, then
    /// on to the next working time.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub working: String,
    /// The calendar: `tenant`, `line`, `responsible` or an id; else the tenant's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calendar: Option<String>,
}

impl Shift {
    pub(crate) fn to_json(&self) -> String {
        json!(self).to_string()
    }
}

/// The milliseconds of a setting of kind `duration`, such as `30m`, `2h` or `1d12h`.
///
/// # Errors
/// `bad-duration`.
pub fn duration_ms(text: &str) -> Result<i64, Failure> {
    parse(text).ok_or_else(|| {
        Failure::permanent(
            "bad-duration",
            format!("`{text}` is not a duration; write for example 30m, 2h, 1d or 1d12h"),
        )
    })
}

fn parse(text: &str) -> Option<i64> {
    let (mut total, mut number) = (0_i64, None::<i64>);
    for c in text.trim().chars() {
        if let Some(digit) = c.to_digit(10) {
            number = Some(number.unwrap_or(0).checked_mul(10)?.checked_add(i64::from(digit))?);
            continue;
        }

        let unit_ms = match c {
            'd' => 86_400_000,
            'h' => 3_600_000,
            'm' => 60_000,
            's' => 1_000,
            _ => return None,
        };
        total = number.take()?.checked_mul(unit_ms)?.checked_add(total)?;
    }

    (number.is_none() && !text.trim().is_empty()).then_some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_combine_units() {
        assert_eq!(duration_ms("1d12h"), Ok(129_600_000));
        assert_eq!(duration_ms(" 45s "), Ok(45_000));
    }

    #[test]
    fn a_number_without_unit_is_no_duration() {
        for wrong in ["30", "", "m", "5x", "-1h", "99999999999999999999d"] {
            assert_eq!(duration_ms(wrong).unwrap_err().code, "bad-duration", "{wrong}");
        }
    }
}
