//! `PUT /v1/calendars/{id}`

use stagewright_core::command::put_calendar::decide;

use crate::http::answer::Answer;
use crate::http::replace::Replace;

/// Creates or replaces a business calendar. With `If-Match` only where it is still at that version.
pub(in crate::http) async fn put_calendar(request: Replace) -> Answer {
    request.with(&["version"], decide).await
}
