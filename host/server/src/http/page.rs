//! Pages of lists. A cursor is where the page before ended, opaque to clients; it names no tenant,
//! so that it leads nowhere but into the caller's own rows.

use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use stagewright_core::limits::PAGE_MAX;
use stagewright_core::refusal::Refusal;

use super::answer;
use crate::service::Page;

/// Rows of a page where the client does not say.
const PAGE_DEFAULT: usize = 50;
/// Longest cursor in bytes: a row's key is shorter.
const CURSOR_BYTES_MAX: usize = 512;

/// What a list is asked where nothing but its page can be chosen.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PageQuery {
    /// Rows of the page, 1 to [`PAGE_MAX`].
    limit: Option<usize>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

impl PageQuery {
    /// The page.
    ///
    /// # Errors
    /// See [`page`].
    pub(super) fn page(&self) -> Result<Page, Refusal> {
        page(self.limit, self.cursor.as_deref())
    }
}

/// A page of a list, as it is answered.
#[derive(Debug, Serialize)]
pub(super) struct Items<T> {
    items: Vec<T>,
    next_cursor: Option<String>,
}

impl<T> Items<T> {
    /// These items; `next` is where the page ended, if there may be more.
    pub(super) fn new(items: impl IntoIterator<Item = T>, next: Option<Vec<u8>>) -> Self {
        Self { items: items.into_iter().collect(), next_cursor: next.map(hex::encode) }
    }
}

impl<T: Serialize> IntoResponse for Items<T> {
    fn into_response(self) -> Response {
        // Item by item: a `json!` of the whole would copy every one of them.
        let items = self.items.iter().map(|item| json!(item)).collect();
        answer::ok(with_cursor(items, self.next_cursor))
    }
}

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

/// Built by hand: `json!` would copy every item.
fn with_cursor(items: Vec<Value>, next: Option<String>) -> Value {
    let body = [
        ("items".to_owned(), Value::Array(items)),
        ("next_cursor".to_owned(), next.map_or(Value::Null, Value::String)),
    ];
    Value::Object(body.into_iter().collect())
}
