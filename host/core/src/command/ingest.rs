//! Takes in a client's message that a channel translated.

use crate::schema::built_in;
use serde_json::{Map, Value, json};

use super::{Draft, create_record, emit, note, tenant};
use crate::context::OpContext;
use crate::directory;
use crate::limits::{ADDRESS_CHARS_MAX, NAME_CHARS_MAX};
use crate::model::channel::{Channel, Line};
use crate::model::conversation::{Conversation, Direction, External, Message, Session, Status};
use crate::model::delivery::{Delivery, DeliveryLane};
use crate::model::pipeline::Pipeline;
use crate::model::record::{IndexEntry, RecordRef};
use crate::phone;
use crate::refusal::Refusal;
use crate::time::Timestamp;
use crate::tx::{Halt, Tx};

/// A message as a channel gives it.
#[derive(Clone, PartialEq, Debug)]
pub struct Inbound {
    /// The provider's id; the same id twice has no second effect.
    pub external_id: String,
    /// When the provider says it happened.
    pub occurred_at: Option<Timestamp>,
    /// Who wrote.
    pub address: String,
    /// Their name, as the messenger shows it.
    pub display_name: String,
    /// What it says.
    pub body: Value,
}

/// What became of a message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Ingested {
    /// It was here before.
    Duplicate,
    /// An employee wrote; that is no client's conversation.
    FromEmployee(String),
    /// It is in this conversation.
    In {
        /// The conversation.
        conversation: String,
        /// The item that was created with it.
        created: Option<RecordRef>,
    },
}

impl Inbound {
    /// Reads one event of kind `message` as a channel gives it.
    ///
    /// # Errors
    /// `channel.bad-event`, naming the key.
    pub fn parse(value: &Value) -> Result<Self, Refusal> {
        let text =
            |key: &str| value.get(key).and_then(Value::as_str).unwrap_or("").trim().to_owned();

        let (external_id, address) = (text("external_id"), text("address"));
        for (key, found) in [("external_id", &external_id), ("address", &address)] {
            if found.is_empty() || found.chars().count() > ADDRESS_CHARS_MAX {
                return Err(Refusal::invalid(
                    "channel.bad-event",
                    key,
                    "a message needs an external_id and an address, of 256 characters at most",
                ));
            }
        }

        Ok(Self {
            external_id,
            occurred_at: text("occurred_at").parse().ok(),
            address,
            display_name: text("display_name").chars().take(NAME_CHARS_MAX).collect(),
            body: value.get("body").cloned().unwrap_or(Value::Null),
        })
    }
}

/// Takes a message in: finds or opens the conversation and its session, creates what the line says,
/// stores the message, tells automation. A message from an active employee's phone opens nothing;
/// it is logged.
///
/// # Errors
/// What creating the item may refuse, and what reading may say.
pub fn decide(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    channel: &Channel,
    inbound: &Inbound,
) -> Result<Ingested, Halt> {
    let country = tenant(tx, ctx)?.country;
    let address = phone::address(&inbound.address, &country);

    let seen_key = External::key(ctx.tenant, &channel.id, "in", &inbound.external_id);
    let by_address = Conversation::address_key(ctx.tenant, &channel.id, &address);
    let lane_key = Delivery::lane_key(ctx.tenant, &format!("{}/{address}", channel.id));
    let line_key = channel.line.as_ref().map(|line| Line::key(ctx.tenant, line));
    let keys = [seen_key.clone(), by_address.clone(), lane_key.clone()];
    tx.want(&keys.into_iter().chain(line_key).collect::<Vec<_>>())?;

    // A precondition: a provider may deliver one message twice at the same moment.
    if tx.get::<External>(&seen_key)?.is_some() {
        return Ok(Ingested::Duplicate);
    }
    tx.put(seen_key, &External { at: ctx.now, ..External::default() })?;

    // Also where an employee writes: the messenger takes free text to whoever wrote.
    let mut lane = tx.get_or_default::<DeliveryLane>(&lane_key)?;
    lane.last_inbound_at = Some(ctx.now);
    tx.put(lane_key, &lane)?;

    if let Some(user) = directory::employee_by_phone(tx, ctx.tenant, &address)? {
        let payload = json!({
            "channel": channel.id, "external_id": inbound.external_id, "body": inbound.body,
        });
        let subject = RecordRef::new(built_in::USER, &user);
        emit(
            tx,
            ctx,
            Draft {
                kind: "message.from_employee",
                subject,
                occurred_at: inbound.occurred_at,
                payload,
            },
            &[],
        )?;
        return Ok(Ingested::FromEmployee(user));
    }

    // A precondition: two first messages of one client at once open one conversation.
    let existing = match tx.get::<IndexEntry>(&by_address)? {
        Some((entry, _)) => tx
            .get::<Conversation>(&Conversation::key(ctx.tenant, &entry.id))?
            .map(|(found, _)| found),
        None => None,
    };
    let is_new = existing.as_ref().is_none_or(|conversation| conversation.status == Status::Closed);
    let mut conversation = match existing {
        Some(conversation) if !is_new => conversation,
        Some(conversation) => next_session(ctx, conversation, channel),
        None => open(tx, ctx, channel, &address, inbound)?,
    };

    tx.put(by_address, &IndexEntry { id: conversation.id.clone() })?;
    conversation.active = true;
    conversation.last_client_message_at = Some(ctx.now);
    tx.put(Conversation::key(ctx.tenant, &conversation.id), &conversation)?;

    // The conversation is there by now: the new item links to it and becomes its session's.
    let created = if is_new { create_item(tx, ctx, channel, &conversation)? } else { None };
    store_message(tx, ctx, &conversation.id, inbound, is_new)?;
    Ok(Ingested::In { conversation: conversation.id, created })
}

/// A conversation with an address that has none yet.
fn open(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    channel: &Channel,
    address: &str,
    inbound: &Inbound,
) -> Result<Conversation, Halt> {
    let contact = directory::client_by_phone(tx, ctx.tenant, address)?;
    let id = tx.new_id(ctx, "conversation");
    let display_name =
        if inbound.display_name.is_empty() { address } else { &inbound.display_name };

    Ok(Conversation {
        id,
        channel: channel.id.clone(),
        line: channel.line.clone(),
        address: address.to_owned(),
        display_name: display_name.to_owned(),
        contact,
        status: Status::Open,
        active: true,
        claimed_by: None,
        responsible: None,
        created_at: ctx.now,
        last_client_message_at: None,
        messages: 0,
        session: session(ctx, 1),
    })
}

/// A returning client: the conversation goes on in a new session, which leaves the old session's
/// item alone.
fn next_session(ctx: &OpContext, before: Conversation, channel: &Channel) -> Conversation {
    let session = session(ctx, before.session.number + 1);

    Conversation {
        status: Status::Open,
        line: channel.line.clone(),
        claimed_by: None,
        responsible: None,
        session,
        ..before
    }
}

fn session(ctx: &OpContext, number: u32) -> Session {
    Session { number, opened_at: ctx.now, item: None, accepted: None, first_reply_at: None }
}

/// Creates what the line says; the new item links itself to the conversation's session.
fn create_item(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    channel: &Channel,
    conversation: &Conversation,
) -> Result<Option<RecordRef>, Halt> {
    let Some(line_id) = &conversation.line else { return Ok(None) };
    let Some((line, _)) = tx.get::<Line>(&Line::key(ctx.tenant, line_id))? else { return Ok(None) };
    let (Some(kind), Some(pipeline)) = (line.creates.kind(), &line.pipeline) else {
        return Ok(None);
    };

    let mut fields = Map::new();
    fields.insert("title".into(), json!(conversation.display_name));
    fields.insert("pipeline".into(), json!(pipeline));
    fields.insert("source".into(), json!(channel.name));
    fields.insert("conversation".into(), json!(conversation.id));

    if let Some(contact) = &conversation.contact {
        fields.insert("contact".into(), json!(contact));
    }
    if let Some(user) = responsible_of(tx, ctx, &line)? {
        fields.insert("responsible".into(), json!(user));
    }

    let (record, _) = create_record::decide(tx, ctx, kind, &fields)?;
    Ok(Some(record.key))
}

/// Who answers for what a line creates: its default, else the first active employee of its queue.
///
/// # Errors
/// What reading may say.
pub fn responsible_of(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    line: &Line,
) -> Result<Option<String>, Halt> {
    let users = || line.default_responsible.iter().chain(&line.queue);
    // All at once, with what comes next: a queue may be longer than a decision has rounds.
    let pipeline = line.pipeline.iter().map(|pipeline| Pipeline::key(ctx.tenant, pipeline));
    tx.want(
        &users()
            .map(|user| RecordRef::new(built_in::USER, user).key(ctx.tenant))
            .chain(pipeline)
            .collect::<Vec<_>>(),
    )?;

    for user in users() {
        if directory::user_record(tx, ctx.tenant, user)?
            .is_some_and(|record| record.is_on("active"))
        {
            return Ok(Some(user.clone()));
        }
    }

    Ok(None)
}

fn store_message(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    conversation: &str,
    inbound: &Inbound,
    is_new: bool,
) -> Result<(), Halt> {
    let key = Conversation::key(ctx.tenant, conversation);
    // Read anew: an item that was just created has written itself into the session.
    let (mut conversation, _) = tx.require::<Conversation>(&key)?;
    conversation.messages += 1;
    tx.put(key, &conversation)?;

    let id = tx.new_id(ctx, "message");
    let message = Message {
        id: id.clone(),
        conversation: conversation.id.clone(),
        direction: Direction::In,
        at: ctx.now,
        occurred_at: inbound.occurred_at,
        author: None,
        external_id: Some(inbound.external_id.clone()),
        body: inbound.body.clone(),
        delivery: None,
    };
    tx.put(Message::key(ctx.tenant, &conversation.id, conversation.messages), &message)?;

    let items: Vec<RecordRef> = conversation.session.item.iter().cloned().collect();
    for item in &items {
        let text = inbound.body.get("text").and_then(Value::as_str).unwrap_or("(no text)");
        let data = json!({"conversation": conversation.id, "message": id});
        note(tx, ctx, item, "message_in", format!("{}: {text}", conversation.display_name), data)?;
    }

    let payload = json!({
        "channel": conversation.channel, "line": conversation.line, "conversation": conversation.id,
        "message": id, "first_of_session": is_new, "body": inbound.body,
    });
    let subject = RecordRef::new(built_in::CONVERSATION, &conversation.id);
    emit(
        tx,
        ctx,
        Draft { kind: "message.received", subject, occurred_at: inbound.occurred_at, payload },
        &items,
    )?;
    Ok(())
}
