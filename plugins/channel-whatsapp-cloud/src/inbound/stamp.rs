//! What every message and status is stamped with: the client's address, and a moment.

use chrono::{DateTime, SecondsFormat};

use stagewright_sdk::prelude::*;

use crate::json::integer;

/// Meta's id for a client as an address: a phone number, or, for clients who hide theirs, an id of
/// another form.
pub(super) fn address(id: &str) -> Option<String> {
    match id.trim() {
        "" => None,
        digits if digits.bytes().all(|byte| byte.is_ascii_digit()) => Some(format!("+{digits}")),
        other => Some(other.to_owned()),
    }
}

/// Meta's seconds since 1970 in RFC 3339.
pub(super) fn moment(value: &Value) -> Option<String> {
    let at = DateTime::from_timestamp(integer(value, "timestamp")?, 0)?;
    Some(at.to_rfc3339_opts(SecondsFormat::Secs, true))
}
