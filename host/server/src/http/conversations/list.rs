//! `GET /v1/conversations`

use std::collections::BTreeSet;

use axum::extract::State;
use serde::Deserialize;

use stagewright_core::id::TenantId;
use stagewright_core::key::{Key, Table};
use stagewright_core::limits::PAGE_MAX;
use stagewright_core::model::channel::Line;
use stagewright_core::model::conversation::{Conversation, Status};

use crate::http::answer::{Answer, with_version};
use crate::http::auth::Caller;
use crate::http::error::Problem;
use crate::http::page::{listed, page};
use crate::http::params::Asked;
use crate::http::state::{App, HttpState};
use crate::service::{Order, Page};

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

/// Lists conversations, newest first: all, or one of an operator's tabs. *Mine* needs an operator:
/// the token's own or `user`. *New* shows an operator the lines that he works on, anybody else all
/// of them.
pub(in crate::http) async fn list_conversations(
    State(app): App,
    caller: Caller,
    Asked(asked): Asked<ConversationQuery>,
) -> Answer {
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
        (Some(Tab::New), Some(operator)) => foreign_lines(&app, tenant, operator).await?,
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

    let prefix = Key::new(tenant, Table::Conversation, &[]);
    let found = app.service.list::<Conversation>(&prefix, &page, Order::NewestFirst, fits).await?;

    Ok(listed(
        found
            .rows
            .iter()
            .map(|(_, conversation, version)| with_version(conversation, *version))
            .collect(),
        found.next,
    ))
}

/// The lines whose queue the operator is not in; a line without a queue is everybody's.
async fn foreign_lines(
    app: &HttpState,
    tenant: TenantId,
    operator: &str,
) -> Result<BTreeSet<String>, Problem> {
    let mut page = Page { limit: PAGE_MAX, after: None };
    let mut foreign = BTreeSet::new();

    loop {
        let is_foreign = |line: &Line| {
            !line.queue.is_empty() && !line.queue.iter().any(|member| member == operator)
        };

        let found = app
            .service
            .list::<Line>(&Key::new(tenant, Table::Line, &[]), &page, Order::Forward, is_foreign)
            .await?;
        foreign.extend(found.rows.into_iter().map(|(_, line, _)| line.id));
        match found.next {
            Some(next) => page.after = Some(next),
            None => return Ok(foreign),
        }
    }
}
