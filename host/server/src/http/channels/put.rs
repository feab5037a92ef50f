//! `PUT /v1/channels/{id}`

use stagewright_core::command::put_channel::decide;

use super::channel_view;
use crate::http::answer::Answer;
use crate::http::replace::Replace;

/// Creates or replaces a channel, its settings checked against what its plugin offers. With
/// `If-Match` only where it is still at that version.
pub(in crate::http) async fn put_channel(request: Replace) -> Answer {
    request
        .shown(
            &["version", "webhook_url", "kind", "free_text_hours"],
            decide,
            |app, ctx, channel, version| channel_view(app, ctx.tenant, channel, version),
        )
        .await
}
