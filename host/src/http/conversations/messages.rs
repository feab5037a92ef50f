//! `GET /v1/conversations/{id}/messages`

use axum::extract::State;
use serde::Deserialize;
use serde_json::json;
use stagewright_core::model::conversation::{Conversation, Message};

use crate::http::answer::Answer;
use crate::http::auth::Caller;
use crate::http::page::{listed, page};
use crate::http::params::{Asked, Ids};
use crate::http::state::App;
use crate::service::Order;

/// Which page.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct MessageQuery {
    limit: Option<usize>,
    cursor: Option<String>,
}

/// Lists a conversation's messages, newest first.
pub(in crate::http) async fn list_messages(
    State(app): App,
    caller: Caller,
    Ids(id): Ids<String>,
    Asked(asked): Asked<MessageQuery>,
) -> Answer {
    let page = page(asked.limit, asked.cursor.as_deref())?;
    app.service.fetch::<Conversation>(&Conversation::key(caller.tenant(), &id)).await?;
    let prefix = Message::range(caller.tenant(), &id);
    let found = app.service.list::<Message>(&prefix, &page, Order::NewestFirst, |_| true).await?;
    Ok(listed(found.rows.iter().map(|(_, message, _)| json!(message)).collect(), found.next))
}
