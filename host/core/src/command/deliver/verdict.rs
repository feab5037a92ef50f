//! How a try ended, as far as anybody knows.

use serde_json::{Map, Value};

use crate::exchange::Outcome;

/// How a try ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// The provider took it, under this id of its own.
    Sent(Option<String>),
    /// Try again, not before this many milliseconds.
    Retry {
        /// Delay asked for.
        after_ms: i64,
        /// Why.
        reason: String,
        /// Stable code.
        code: String,
    },
    /// Refused for good.
    Failed {
        /// Why.
        reason: String,
        /// Stable code.
        code: String,
    },
    /// It may have arrived.
    Unknown(String),
}

impl From<Outcome> for Verdict {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Verdict(map, _) => Self::parse(&map),
            Outcome::NotSent { code, reason, retry: true } => {
                Self::Retry { after_ms: 0, reason, code }
            }
            Outcome::NotSent { code, reason, retry: false } => Self::Failed { reason, code },
            Outcome::Unknown(reason) => Self::Unknown(reason),
        }
    }
}

impl Verdict {
    /// Reads a channel plugin's verdict. What it does not say clearly counts as unknown.
    #[must_use]
    pub fn parse(map: &Map<String, Value>) -> Self {
        let text = |key: &str| map.get(key).and_then(Value::as_str).unwrap_or("").to_owned();
        let reason = text("reason");

        match text("outcome").as_str() {
            "sent" => Self::Sent(Some(text("external_id")).filter(|id| !id.is_empty())),
            "retry" => {
                let seconds = map.get("retry_after_seconds").and_then(Value::as_i64).unwrap_or(0);
                Self::Retry {
                    after_ms: seconds.clamp(0, 86_400) * 1_000,
                    reason,
                    code: "delivery.retry".into(),
                }
            }
            "failed" => Self::Failed { reason, code: "delivery.refused".into() },
            "window-closed" => Self::Failed { reason, code: "delivery.window-closed".into() },
            _ => Self::Unknown(reason),
        }
    }
}
