//! An employee writes to a client.

use crate::schema::built_in;
use serde_json::{Map, Value, json};

use super::send_message::{self, Origin, Request};
use super::{Draft, accept_conversation, emit};
use crate::context::OpContext;
use crate::model::conversation::{Conversation, Direction, Message};
use crate::model::delivery::Delivery;
use crate::model::record::RecordRef;
use crate::tx::{Halt, Tx};

/// Queues an employee's message to the client. Who writes into a conversation that nobody has taken
/// takes it: answering, accepting and claiming are one event.
///
/// # Errors
/// As for accepting and for sending a message.
pub fn decide(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    id: &str,
    user: &str,
    content: &Map<String, Value>,
) -> Result<Message, Halt> {
    let key = Conversation::key(ctx.tenant, id);
    let (mut conversation, _) = tx.require::<Conversation>(&key)?;
    if conversation.session.accepted.is_none() {
        conversation = accept_conversation::decide(tx, ctx, id, user)?;
    } else {
        super::require_link(tx, ctx, built_in::USER, user, "user")?;
    }

    let request = Request {
        to: conversation.address.clone(),
        channel: Some(conversation.channel.clone()),
        channel_kind: None,
        content: content.clone(),
        not_after: None,
        drop_if_stage_left: false,
    };

    let origin = Origin { item: conversation.session.item.clone(), ..Origin::default() };
    let queued = send_message::decide(tx, ctx, &request, &origin)?;

    // Sending knows nothing of conversations, so what the delivery has from this one is added to
    // its row.
    let (mut delivery, _) = tx.require::<Delivery>(&Delivery::key(ctx.tenant, &queued.id))?;
    delivery.conversation = Some(id.to_owned());
    delivery.author = Some(user.to_owned());
    tx.put(Delivery::key(ctx.tenant, &queued.id), &delivery)?;

    let first = conversation.session.first_reply_at.is_none();
    conversation.session.first_reply_at = conversation.session.first_reply_at.or(Some(ctx.now));
    conversation.active = true;
    conversation.messages += 1;
    tx.put(key, &conversation)?;

    let message = Message {
        id: tx.new_id(ctx, "message"),
        conversation: id.to_owned(),
        direction: Direction::Out,
        at: ctx.now,
        occurred_at: None,
        author: Some(user.to_owned()),
        external_id: None,
        body: Value::Object(content.clone()),
        delivery: Some(queued.id),
    };
    tx.put(Message::key(ctx.tenant, id, conversation.messages), &message)?;

    let items: Vec<RecordRef> = conversation.session.item.iter().cloned().collect();
    let payload = json!({
        "line": conversation.line, "channel": conversation.channel, "by": user, "first": first,
    });
    let subject = RecordRef::new(built_in::CONVERSATION, id);
    emit(
        tx,
        ctx,
        Draft { kind: "conversation.replied", subject, occurred_at: None, payload },
        &items,
    )?;

    Ok(message)
}
