//! `PUT /v1/groups/{id}`

use stagewright_core::command::put_group::decide;

use crate::http::answer::Answer;
use crate::http::replace::Replace;

/// Creates or replaces a work group. With `If-Match` only where it is still at that version.
pub(in crate::http) async fn put_group(request: Replace) -> Answer {
    request.with(&["version"], decide).await
}
