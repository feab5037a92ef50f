//! `POST /v1/conversations/{id}/reply`

use axum::extract::State;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use stagewright_core::command::reply::decide;
use stagewright_core::context::AutomationMode;

use crate::http::answer::{Answer, CREATED, json};
use crate::http::body::Body;
use crate::http::context::Call;
use crate::http::params::Ids;
use crate::http::state::App;

/// What an employee writes: a text, an approved template, attachments.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Reply {
    text: Option<String>,
    template: Option<Map<String, Value>>,
    attachments: Option<Vec<Value>>,
    user: Option<String>,
    automation: Option<AutomationMode>,
    on_behalf_of: Option<String>,
}

impl Reply {
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

/// Writes to the client, who gets it through the conversation's channel. Whoever replies in a
/// conversation that nobody has taken takes it. Answers 201 with the message; its delivery tells
/// how far it has come.
pub(in crate::http) async fn reply_to_conversation(
    State(app): App,
    call: Call,
    Ids(id): Ids<String>,
    Body { value, raw }: Body<Reply>,
) -> Answer {
    let user = call.caller.acting_user(value.user.as_deref())?;
    let content = value.content();
    let wishes = call.wishes(value.automation, value.on_behalf_of)?;

    let answer = call.carry_out(&app, &raw, wishes, |tx, ctx| {
        Ok((CREATED, json!(decide(tx, ctx, &id, &user, &content)?)))
    });
    Ok(json(answer.await?))
}
