//! `PUT /v1/pipelines/{id}`

use stagewright_core::command::put_pipeline::decide;

use crate::http::answer::Answer;
use crate::http::replace::Replace;

/// Creates or replaces a pipeline. With `If-Match` only where it is still at that version.
pub(in crate::http) async fn put_pipeline(request: Replace) -> Answer {
    request.with(&["version"], decide).await
}
