//! `GET /v1/conversations/{id}`

use axum::extract::State;

use stagewright_core::model::conversation::Conversation;

use crate::http::answer::{Answer, OK, versioned, with_version};
use crate::http::auth::Caller;
use crate::http::body::Nothing;
use crate::http::params::{Asked, Ids};
use crate::http::state::App;

/// Shows a conversation with its current session.
pub(in crate::http) async fn show_conversation(
    State(app): App,
    caller: Caller,
    Asked(Nothing {}): Asked<Nothing>,
    Ids(id): Ids<String>,
) -> Answer {
    let (conversation, version) =
        app.service.fetch::<Conversation>(&Conversation::key(caller.tenant(), &id)).await?;
    Ok(versioned((OK, with_version(&conversation, version))))
}
