//! `GET /v1/conversations/{id}/messages`

use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use stagewright_core::key::Key;
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

    Ok(listed(found.rows.iter().map(|(key, message, _)| view(key, message)).collect(), found.next))
}

/// A message as clients see it: with its number, and with the address of its file where a client
/// sent one.
fn view(key: &Key, message: &Message) -> Value {
    let mut view = json!(message);
    let number = Message::number(key);

    if let (Some(map), Some(number)) = (view.as_object_mut(), number) {
        map.insert("number".into(), json!(number));
        if message.external_id.is_some()
            && message.body.get("media").is_some_and(|media| !media.is_null())
        {
            let url = format!("/v1/conversations/{}/messages/{number}/media", message.conversation);
            map.insert("media_url".into(), json!(url));
        }
    }
    view
}
