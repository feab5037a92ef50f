//! `PUT /v1/lines/{id}`

use stagewright_core::command::put_line::decide;

use crate::http::answer::Answer;
use crate::http::replace::Replace;

/// Creates or replaces a line. With `If-Match` only where it is still at that version.
pub(in crate::http) async fn put_line(request: Replace) -> Answer {
    request.with(&["version"], decide).await
}
