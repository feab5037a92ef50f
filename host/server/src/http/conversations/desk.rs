//! Conversations: which there are, and who takes them.

use std::collections::BTreeSet;

use axum::extract::State;
use serde::Deserialize;

use stagewright_core::context::AutomationMode;
use stagewright_core::model::conversation::{Conversation, Status};

use super::view::ConversationView;
use crate::http::answer::{Answer, Json, Versioned};
use crate::http::auth::Caller;
use crate::http::body::{Body, Nothing};
use crate::http::context::Call;
use crate::http::page::{Items, page};
use crate::http::params::{Asked, Ids};
use crate::http::state::App;
use crate::service::accept_conversation as accept;

/// An operator's tabs.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Tab {
    /// What the operator works on.
    Mine,
    /// What nobody has taken.
    New,
}

/// What is looked for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct ConversationQuery {
    tab: Option<Tab>,
    user: Option<String>,
    limit: Option<usize>,
    cursor: Option<String>,
}

/// Who accepts; an employee's token says it already.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct AcceptBody {
    user: Option<String>,
    automation: Option<AutomationMode>,
    on_behalf_of: Option<String>,
}

/// `GET /v1/conversations`: lists conversations, newest first: all, or one of an operator's tabs.
/// *Mine* needs an operator: the token's own or `user`. *New* shows an operator the lines that he
/// works on, anybody else all of them.
pub(in crate::http) async fn list_conversations(
    State(app): App,
    caller: Caller,
    Asked(asked): Asked<ConversationQuery>,
) -> Answer<Items<ConversationView>> {
    let page = page(asked.limit, asked.cursor.as_deref())?;
    let tenant = caller.tenant();

    let operator = match (asked.tab, &asked.user, &caller.token().user) {
        (Some(Tab::Mine), ..) | (_, Some(_), _) | (_, _, Some(_)) => {
            Some(caller.acting_user(asked.user.as_deref())?)
        }
        _ => None,
    };

    // Lines to leave out, and not lines to show: a line without a queue, or one that is gone, is
    // everybody's.
    let foreign = match (asked.tab, &operator) {
        (Some(Tab::New), Some(operator)) => app.service.foreign_lines(tenant, operator).await?,
        _ => BTreeSet::new(),
    };

    let fits = |conversation: &Conversation| match asked.tab {
        None => true,
        Some(Tab::Mine) => {
            conversation.status != Status::Closed && conversation.claimed_by == operator
        }
        Some(Tab::New) => {
            let free = conversation.status != Status::Closed
                && conversation.active
                && conversation.claimed_by.is_none();
            free && conversation.line.as_ref().is_none_or(|line| !foreign.contains(line))
        }
    };

    let found = app.service.conversations(tenant, &page, fits).await?;

    let view = |(_, conversation, version)| ConversationView::of(conversation, version);
    Ok(Items::new(found.rows.into_iter().map(view), found.next))
}

/// `GET /v1/conversations/{id}`: shows a conversation with its current session. Its version is the
/// `ETag`.
pub(in crate::http) async fn show_conversation(
    State(app): App,
    caller: Caller,
    Asked(Nothing {}): Asked<Nothing>,
    Ids(id): Ids<String>,
) -> Answer<Versioned<ConversationView>> {
    let (conversation, version) = app.service.conversation(caller.tenant(), &id).await?;
    Ok(Json::ok(&ConversationView::of(conversation, version)).versioned())
}

/// `POST /v1/conversations/{id}/accept`: takes a conversation into work. Of two who press at once
/// one gets it; the other is told who.
pub(in crate::http) async fn accept_conversation(
    State(app): App,
    call: Call,
    Ids(id): Ids<String>,
    Body { value, raw }: Body<AcceptBody>,
) -> Answer<Versioned<ConversationView>> {
    let user = call.caller.acting_user(value.user.as_deref())?;
    let wishes = call.wishes(value.automation, value.on_behalf_of)?;

    let answer = call.answer(&app, &raw, wishes, |tx, ctx| {
        let (conversation, version) = accept(tx, ctx, &id, &user)?;
        Ok(Json::ok(&ConversationView::of(conversation, version)))
    });
    Ok(answer.await?.versioned())
}
