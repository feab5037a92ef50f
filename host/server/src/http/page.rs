//! Pages of lists. A cursor is where the page before ended, opaque to clients; it names no tenant,
//! so that it leads nowhere but into the caller's own rows.

use axum::response::Response;
use serde_json::{Value, json};

use stagewright_core::limits::PAGE_MAX;
use stagewright_core::refusal::Refusal;

use super::answer;
use crate::service::Page;

/// Rows of a page where the client does not say.
const PAGE_DEFAULT: usize = 50;
/// Longest cursor in bytes: a row's key is shorter.
const CURSOR_BYTES_MAX: usize = 512;

/// Reads `limit` and `cursor`.
///
/// # Errors
/// `request.bad-limit`, `request.bad-cursor`.
pub(super) fn page(limit: Option<usize>, cursor: Option<&str>) -> Result<Page, Refusal> {
    let limit = limit.unwrap_or(PAGE_DEFAULT);
    if !(1..=PAGE_MAX).contains(&limit) {
        return Err(Refusal::invalid(
            "request.bad-limit",
            "limit",
            format!("a page has 1 to {PAGE_MAX} rows"),
        ));
    }

    let bad = || {
        Refusal::invalid(
            "request.bad-cursor",
            "cursor",
            "this is no cursor of this list; begin anew without one",
        )
    };
    let after = cursor.map(|text| hex::decode(text).map_err(|_source| bad())).transpose()?;
    if after.as_ref().is_some_and(|after| after.is_empty() || after.len() > CURSOR_BYTES_MAX) {
        return Err(bad());
    }

    Ok(Page { limit, after })
}

/// The answer to a list: `items`, and `next_cursor` where there may be more.
pub(super) fn listed(items: Vec<Value>, next: Option<Vec<u8>>) -> Response {
    // Built by hand: `json!` would copy every item.
    let body = [
        ("items".to_owned(), Value::Array(items)),
        ("next_cursor".to_owned(), json!(next.map(hex::encode))),
    ];
    answer::ok(Value::Object(body.into_iter().collect()))
}
