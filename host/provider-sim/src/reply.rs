//! What all servers answer with.

use serde_json::Value;

use stagewright_core::outside::{Header, Reply};

/// A header of an answer.
pub(super) fn header(name: &str, value: impl Into<String>) -> Header {
    Header { name: name.to_owned(), value: value.into() }
}

/// JSON, as all servers answer it.
pub(super) fn json(status: u16, body: &Value) -> Reply {
    Reply {
        status,
        headers: vec![header("Content-Type", "application/json; charset=UTF-8")],
        body: body.to_string().into_bytes(),
    }
}

/// A plain text.
pub(super) fn plain(status: u16, text: &str) -> Reply {
    Reply {
        status,
        headers: vec![header("Content-Type", "text/plain")],
        body: text.as_bytes().to_vec(),
    }
}
