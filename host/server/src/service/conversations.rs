//! Conversations and their messages, read for answers.

use std::collections::BTreeSet;

use stagewright_core::command::accept_conversation::decide;
use stagewright_core::context::OpContext;
use stagewright_core::drive::Failure;
use stagewright_core::id::TenantId;
use stagewright_core::key::{Key, Table};
use stagewright_core::limits::PAGE_MAX;
use stagewright_core::model::channel::Line;
use stagewright_core::model::conversation::{Conversation, Message};
use stagewright_core::tx::{Halt, Tx};

use super::Service;
use super::queries::{Listed, Order, Page};

impl Service {
    /// A conversation and its version.
    ///
    /// # Errors
    /// `not-found`.
    pub async fn conversation(
        &self,
        tenant: TenantId,
        id: &str,
    ) -> Result<(Conversation, u64), Failure> {
        self.fetch(&Conversation::key(tenant, id)).await
    }

    /// A page of the conversations that `keep` keeps, newest first.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn conversations(
        &self,
        tenant: TenantId,
        page: &Page,
        keep: impl Fn(&Conversation) -> bool + Send,
    ) -> Result<Listed<Conversation>, Failure> {
        let prefix = Key::new(tenant, Table::Conversation, &[]);
        self.list(&prefix, page, Order::NewestFirst, keep).await
    }

    /// A page of a conversation's messages, newest first.
    ///
    /// # Errors
    /// `not-found`.
    pub async fn messages(
        &self,
        tenant: TenantId,
        conversation: &str,
        page: &Page,
    ) -> Result<Listed<Message>, Failure> {
        self.fetch::<Conversation>(&Conversation::key(tenant, conversation)).await?;

        let prefix = Message::range(tenant, conversation);
        self.list(&prefix, page, Order::NewestFirst, |_| true).await
    }

    /// The lines whose queue the operator is not in; a line without a queue is everybody's.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn foreign_lines(
        &self,
        tenant: TenantId,
        operator: &str,
    ) -> Result<BTreeSet<String>, Failure> {
        let prefix = Key::new(tenant, Table::Line, &[]);
        let mut page = Page { limit: PAGE_MAX, after: None };
        let mut foreign = BTreeSet::new();

        loop {
            let is_foreign = |line: &Line| {
                !line.queue.is_empty() && !line.queue.iter().any(|member| member == operator)
            };

            let found = self.list::<Line>(&prefix, &page, Order::Forward, is_foreign).await?;
            foreign.extend(found.rows.into_iter().map(|(_, line, _)| line.id));
            match found.next {
                Some(next) => page.after = Some(next),
                None => return Ok(foreign),
            }
        }
    }
}

/// Takes a conversation into work: the conversation as it is then, and its version.
///
/// # Errors
/// As [`decide`].
pub fn accept_conversation(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    id: &str,
    user: &str,
) -> Result<(Conversation, u64), Halt> {
    decide(tx, ctx, id, user)?;
    // Read back for its version: accepting twice is no error and no change.
    tx.require::<Conversation>(&Conversation::key(ctx.tenant, id))
}
