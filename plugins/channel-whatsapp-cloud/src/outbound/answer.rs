//! What an answer of the Graph API means.

use stagewright_sdk::prelude::*;

use super::errors::{Sort, explain, known};
use crate::json::{integer, short};

/// What kept a request from succeeding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Trouble {
    /// It passes.
    Retry(Option<u64>, String),
    /// It does not.
    Permanent(String),
    /// Only an approved template is taken.
    WindowClosed(String),
    /// The request may have had its effect.
    Unknown(String),
}

impl Trouble {
    /// How a delivery ends by a request that the client sees nothing of: what may have happened may
    /// happen again.
    pub(super) fn unseen(self) -> Delivery {
        match self {
            Self::Unknown(reason) => Delivery::Retry(None, reason),
            other => other.after(0),
        }
    }

    /// How a delivery ends by a message that was not taken, after so many that were. Those must not
    /// go out again, so a delivery that has begun is never tried again.
    pub(super) fn after(self, sent: usize) -> Delivery {
        let told = |reason| {
            if sent == 0 {
                reason
            } else {
                format!("{sent} of its messages went out, but then: {reason}")
            }
        };

        match self {
            Self::Retry(_, reason) if sent > 0 => Delivery::Unknown(told(reason)),
            Self::Retry(seconds, reason) => Delivery::Retry(seconds, reason),
            Self::Permanent(reason) => Delivery::Failed(told(reason)),
            Self::WindowClosed(reason) => Delivery::WindowClosed(told(reason)),
            Self::Unknown(reason) => Delivery::Unknown(told(reason)),
        }
    }
}

/// The JSON of a successful answer, or what went wrong.
pub(super) fn read(response: &Response) -> Result<Value, Trouble> {
    let body: Option<Value> = serde_json::from_slice(&response.body).ok();
    match (response.status, body) {
        (200..=299, Some(body)) if body.get("error").is_none() => Ok(body),
        (200..=299, None) => Err(Trouble::Unknown("WhatsApp's answer is not JSON".into())),
        (status, body) => {
            Err(sort(status, response, body.as_ref().and_then(|body| body.get("error"))))
        }
    }
}

/// The code decides, as Meta asks for; the status only where the code is missing or new.
pub(super) fn sort(status: u16, response: &Response, error: Option<&Value>) -> Trouble {
    let reason = error.map_or_else(|| said(status, &response.body), explain);
    let after = retry_after(response);

    match error.and_then(|error| integer(error, "code")).and_then(known).map(|known| known.sort) {
        Some(Sort::Retry(pace)) => Trouble::Retry(after.or(pace), reason),
        Some(Sort::Permanent) => Trouble::Permanent(reason),
        Some(Sort::WindowClosed) => Trouble::WindowClosed(reason),
        None => by_status(status, after, reason, error),
    }
}

fn by_status(status: u16, after: Option<u64>, reason: String, error: Option<&Value>) -> Trouble {
    let passes = error.and_then(|error| error.get("is_transient")) == Some(&Value::Bool(true));
    match status {
        408 | 429 | 503 => Trouble::Retry(after, reason),
        400..=499 if passes => Trouble::Retry(after, reason),
        300..=399 => Trouble::Permanent(format!("{reason}; check the setting `api_base`")),
        400..=499 => Trouble::Permanent(reason),
        _ => Trouble::Unknown(reason),
    }
}

/// Seconds only; a date is left to the host's own back-off.
fn retry_after(response: &Response) -> Option<u64> {
    response.header("Retry-After")?.trim().parse().ok()
}

/// An answer without Meta's error object, as a proxy gives it.
fn said(status: u16, body: &[u8]) -> String {
    let words = short(&String::from_utf8_lossy(body.get(..2_000).unwrap_or(body)), 200);
    let answered = format!("WhatsApp answered {status}");
    if words.is_empty() { answered } else { format!("{answered}: {words}") }
}
