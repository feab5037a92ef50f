//! `PUT /v1/kinds/{id}`

use stagewright_core::command::put_kind::decide;

use super::{HOST_ONLY, view};
use crate::http::answer::Answer;
use crate::http::replace::Replace;

/// Adds fields to a kind, or makes a kind of the tenant's own. With `If-Match` only where it is
/// still at that version.
pub(in crate::http) async fn put_kind(request: Replace) -> Answer {
    request.shown(HOST_ONLY, decide, |_app, _ctx, kind, version| view(kind, version)).await
}
