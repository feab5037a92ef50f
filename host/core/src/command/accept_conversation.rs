//! Takes a conversation into work.

use crate::schema::built_in;
use serde_json::json;

use super::{Draft, emit, note, require_link};
use crate::context::OpContext;
use crate::model::channel::Line;
use crate::model::conversation::{Accepted, Conversation};
use crate::model::record::RecordRef;
use crate::refusal::{Refusal, RefusalKind};
use crate::tx::{Halt, Tx};

/// Accepts a conversation's current session for `user`. Of two who press at once exactly one gets
/// it; pressing twice is no error.
///
/// # Errors
/// `not-found`, `conversation.taken`, `conversation.not-in-queue`, `record.inactive-user`.
pub fn decide(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    id: &str,
    user: &str,
) -> Result<Conversation, Halt> {
    let key = Conversation::key(ctx.tenant, id);
    // A precondition: of two who accept at once the second decides again and finds the first.
    let (mut conversation, _) = tx.require::<Conversation>(&key)?;

    require_link(tx, ctx, built_in::USER, user, "user")?;

    if let Some(accepted) = &conversation.session.accepted {
        if accepted.by == user {
            return Ok(conversation);
        }

        let name = crate::directory::user_record(tx, ctx.tenant, &accepted.by)?
            .map(|u| u.text("name").to_owned());
        let message = format!("already taken by {}", name.unwrap_or_else(|| accepted.by.clone()));
        return Err(Refusal::conflict("conversation.taken", message).into());
    }

    check_queue(tx, ctx, &conversation, user)?;

    conversation.session.accepted = Some(Accepted { by: user.to_owned(), at: ctx.now });
    conversation.claimed_by = Some(user.to_owned());
    conversation.responsible = Some(user.to_owned());
    tx.put(key, &conversation)?;

    let items: Vec<RecordRef> = conversation.session.item.iter().cloned().collect();
    for item in &items {
        note(
            tx,
            ctx,
            item,
            "accepted",
            "conversation accepted".to_owned(),
            json!({"conversation": id, "by": user}),
        )?;
    }

    let payload = json!({"line": conversation.line, "channel": conversation.channel, "by": user});
    let subject = RecordRef::new(built_in::CONVERSATION, id);
    emit(
        tx,
        ctx,
        Draft { kind: "conversation.accepted", subject, occurred_at: None, payload },
        &items,
    )?;

    Ok(conversation)
}

fn check_queue(
    tx: &Tx<'_>,
    ctx: &OpContext,
    conversation: &Conversation,
    user: &str,
) -> Result<(), Halt> {
    let Some(line) = &conversation.line else { return Ok(()) };
    let Some((line, _)) = tx.peek::<Line>(&Line::key(ctx.tenant, line))? else { return Ok(()) };

    if line.queue.is_empty() || line.queue.iter().any(|member| member == user) {
        return Ok(());
    }

    let message =
        format!("this employee is not in the queue of line `{}`; add them there first", line.name);
    Err(Refusal::new(RefusalKind::Forbidden, "conversation.not-in-queue", message).into())
}
