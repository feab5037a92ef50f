//! What is written in a conversation.

use axum::extract::State;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use stagewright_core::command::reply::decide;
use stagewright_core::context::AutomationMode;
use stagewright_core::model::conversation::Message;
use stagewright_core::refusal::Refusal;

use super::view::MessageView;
use crate::http::answer::{Answer, Json};
use crate::http::auth::Caller;
use crate::http::body::{Body, Nothing};
use crate::http::context::Call;
use crate::http::download::download;
use crate::http::page::{Items, PageQuery};
use crate::http::params::{Asked, Ids};
use crate::http::state::App;

/// What an employee writes: a text, an approved template, attachments.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct ReplyBody {
    text: Option<String>,
    template: Option<Map<String, Value>>,
    attachments: Option<Vec<Value>>,
    user: Option<String>,
    automation: Option<AutomationMode>,
    on_behalf_of: Option<String>,
}

impl ReplyBody {
    /// What goes to the channel.
    fn content(&self) -> Map<String, Value> {
        let parts = [
            ("text", json!(self.text)),
            ("template", json!(self.template)),
            ("attachments", json!(self.attachments)),
        ];

        parts
            .into_iter()
            .filter(|(_, part)| !part.is_null())
            .map(|(name, part)| (name.to_owned(), part))
            .collect()
    }
}

/// `GET /v1/conversations/{id}/messages`: lists a conversation's messages, newest first.
pub(in crate::http) async fn list_messages(
    State(app): App,
    caller: Caller,
    Ids(id): Ids<String>,
    Asked(asked): Asked<PageQuery>,
) -> Answer<Items<MessageView>> {
    let found = app.service.messages(caller.tenant(), &id, &asked.page()?).await?;

    let view = |(key, message, _)| MessageView::listed(message, Message::number(&key));
    Ok(Items::new(found.rows.into_iter().map(view), found.next))
}

/// `GET /v1/conversations/{id}/messages/{number}/media`: answers the file that a client sent with a
/// message. It comes from the provider at this moment, up to 16 MiB, and is kept nowhere.
pub(in crate::http) async fn fetch_media(
    State(app): App,
    caller: Caller,
    Asked(Nothing {}): Asked<Nothing>,
    Ids((id, number)): Ids<(String, String)>,
) -> Answer {
    let number: u64 = number.parse().map_err(|_not_a_number| Refusal::not_found("message"))?;
    let medium = app.service.fetch_medium(caller.tenant(), &id, number).await?;
    Ok(download(&medium.mime, &medium.name, medium.bytes))
}

/// `POST /v1/conversations/{id}/reply`: writes to the client, who gets it through the
/// conversation's channel. Whoever replies in a conversation that nobody has taken takes it.
/// Answers 201 with the message; its delivery tells how far it has come.
pub(in crate::http) async fn reply_to_conversation(
    State(app): App,
    call: Call,
    Ids(id): Ids<String>,
    Body { value, raw }: Body<ReplyBody>,
) -> Answer<Json<MessageView>> {
    let user = call.caller.acting_user(value.user.as_deref())?;
    let content = value.content();
    let wishes = call.wishes(value.automation, value.on_behalf_of)?;

    let answer = call.answer(&app, &raw, wishes, |tx, ctx| {
        Ok(Json::created(&MessageView::of(decide(tx, ctx, &id, &user, &content)?)))
    });
    answer.await
}
