//! Meta's errors.

use serde_json::{Value, json};

use stagewright_core::outside::Reply;

use crate::reply::{header, json as answered};

/// An error as Meta answers it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Refusal {
    status: u16,
    code: i64,
    title: &'static str,
    details: String,
}

/// Code, HTTP status and name of the errors that the stand-in knows.
const NAMES: [(i64, u16, &str); 28] = [
    (0, 401, "AuthException"),
    (1, 400, "API Unknown"),
    (2, 503, "API Service"),
    (4, 400, "Application request limit reached"),
    (10, 403, "Application does not have permission for this action"),
    (33, 400, "Parameter value is not valid"),
    (100, 400, "Invalid parameter"),
    (190, 401, "Invalid OAuth access token"),
    (200, 403, "Permission error"),
    (368, 403, "Temporarily blocked for policies violations"),
    (2500, 400, "Unknown path components"),
    (80007, 400, "Rate limit issues"),
    (130429, 429, "Rate limit hit"),
    (131000, 500, "Something went wrong"),
    (131009, 400, "Parameter value is not valid"),
    (131016, 500, "Service unavailable"),
    (131021, 400, "Recipient cannot be sender"),
    (131026, 400, "Message undeliverable"),
    (131042, 400, "Business eligibility payment issue"),
    (131047, 400, "Re-engagement message"),
    (131051, 400, "Unsupported message type"),
    (131053, 400, "Media upload error"),
    (131056, 400, "(Business Account, Consumer Account) pair rate limit hit"),
    (132000, 400, "Number of parameters does not match the expected number of params"),
    (132001, 404, "Template name does not exist in the translation"),
    (132012, 400, "Parameter format does not match format in the created template"),
    (133004, 503, "Server temporarily unavailable"),
    (133010, 400, "Phone number not registered"),
];

/// The error of a code; one that is not in the table has a name that says so.
pub(crate) fn of_code(code: i64) -> Refusal {
    let known = NAMES.iter().find(|(known, ..)| *known == code);
    let (status, title) = known
        .map_or((400, "An error that the stand-in has no name for"), |(_, status, title)| {
            (*status, *title)
        });
    Refusal { status, code, title, details: String::new() }
}

/// A request of the wrong shape.
pub(super) fn invalid(details: impl Into<String>) -> Refusal {
    of_code(100).because(details)
}

/// An address that there is not.
pub(super) fn unknown_path(path: &str) -> Refusal {
    of_code(2500).because(path)
}

impl Refusal {
    /// The same error with details.
    pub(super) fn because(self, details: impl Into<String>) -> Self {
        Self { details: details.into(), ..self }
    }

    /// The error as an object, as it stands in an answer and, but for the trace, in a webhook.
    fn error(&self) -> Value {
        json!({
            "message": format!("(#{}) {}", self.code, self.title), "type": "OAuthException",
            "code": self.code,
        })
    }

    /// The error as a status tells it, which always has details.
    pub(crate) fn in_webhook(&self) -> Value {
        let details = if self.details.is_empty() { self.title } else { &self.details };
        json!({
            "code": self.code, "title": self.title, "message": self.title,
            "error_data": { "details": details },
            "href": "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/",
        })
    }

    /// The error as an answer; `trace` tells one from the next.
    pub(crate) fn reply(&self, trace: u64) -> Reply {
        let mut error = self.error();
        if let Value::Object(fields) = &mut error {
            if !self.details.is_empty() {
                fields.insert(
                    "error_data".into(),
                    json!({ "messaging_product": "whatsapp", "details": self.details }),
                );
            }
            fields.insert("fbtrace_id".into(), format!("A{trace:022X}").into());
        }

        let mut reply = answered(self.status, &json!({ "error": error }));
        if self.status == 401 {
            reply
                .headers
                .push(header("WWW-Authenticate", "OAuth \"Facebook Platform\" \"invalid_token\""));
        }
        reply
    }
}
