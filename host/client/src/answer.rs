//! What the API answers.

use std::fmt;

use serde::Deserialize;
use serde_json::Value;

/// An answer that carried the request out.
#[derive(Clone, PartialEq, Debug)]
pub struct Answer {
    /// HTTP status, 200 to 299.
    pub status: u16,
    /// The JSON; `null` where there is none.
    pub body: Value,
}

/// An answer that did not: `application/problem+json`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Problem {
    /// HTTP status.
    pub status: u16,
    /// Stable code.
    pub code: String,
    /// A sentence for people.
    pub detail: String,
    /// The field at fault.
    pub field: Option<String>,
    /// The id under which the host's log tells more.
    pub request_id: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}", self.detail, self.code)?;
        if let Some(field) = &self.field {
            write!(f, ": {field}")?;
        }
        f.write_str(")")
    }
}

/// Why there is no good answer.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ClientError {
    /// The host did not carry it out.
    #[error("{0}")]
    Refused(Problem),
    /// No answer came.
    #[error("the host did not answer: {0}")]
    NoAnswer(String),
    /// The answer is not what the API promises.
    #[error("the host answered with something else than the API promises: {0}")]
    NotTheApi(String),
}

impl Answer {
    /// The text at `pointer`, such as `/conversation/id`.
    ///
    /// # Errors
    /// [`ClientError::NotTheApi`] where there is no text.
    pub fn text(&self, pointer: &str) -> Result<String, ClientError> {
        let found = self.body.pointer(pointer).and_then(Value::as_str);
        found
            .map(str::to_owned)
            .ok_or_else(|| ClientError::NotTheApi(format!("no text at {pointer} in {}", self.body)))
    }

    /// The list at `pointer`.
    ///
    /// # Errors
    /// [`ClientError::NotTheApi`] where there is no list.
    pub fn list(&self, pointer: &str) -> Result<Vec<Value>, ClientError> {
        let found = self.body.pointer(pointer).and_then(Value::as_array);
        found
            .cloned()
            .ok_or_else(|| ClientError::NotTheApi(format!("no list at {pointer} in {}", self.body)))
    }
}
