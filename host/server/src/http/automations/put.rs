//! `PUT /v1/automations/{id}`

use stagewright_core::command::put_automation::decide;

use crate::http::answer::Answer;
use crate::http::replace::Replace;

/// Creates or replaces the draft of a stage's automation, checked as strictly as if it ran now.
/// What runs is what was published.
pub(in crate::http) async fn put_automation(request: Replace) -> Answer {
    request.with(&["version", "published"], decide).await
}
