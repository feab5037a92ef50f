//! Asks for an outgoing message: a delivery, its place in its lane, and what the timeline says of
//! it.

use serde_json::{Map, Value, json};

use super::{note, tenant};
use crate::context::OpContext;
use crate::key::{Key, Queue};
use crate::limits::{ADDRESS_CHARS_MAX, MESSAGE_CHARS_MAX};
use crate::model::channel::Channel;
use crate::model::conversation::Conversation;
use crate::model::delivery::{Delivery, DeliveryLane, DeliveryState};
use crate::model::due::Due;
use crate::model::record::{Record, RecordRef};
use crate::phone;
use crate::read::Range;
use crate::refusal::Refusal;
use crate::time::Timestamp;
use crate::tx::{Halt, Tx};

/// What is to be sent.
#[derive(Clone, PartialEq, Debug)]
pub struct Request {
    /// To whom.
    pub to: String,
    /// Through which channel, if one is named.
    pub channel: Option<String>,
    /// The kind of channel to look for otherwise.
    pub channel_kind: Option<String>,
    /// `text`, `template` and whatever else was given.
    pub content: Map<String, Value>,
    /// Not to be sent after this.
    pub not_after: Option<Timestamp>,
    /// Whether it is dropped once the item has left its stage.
    pub drop_if_stage_left: bool,
}

/// Where a message comes from.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Origin {
    /// The item it is about.
    pub item: Option<RecordRef>,
    /// The item's stage epoch.
    pub epoch: Option<u64>,
    /// The run and step that ask for it.
    pub step: Option<(String, String)>,
}

/// A message that will be sent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Queued {
    /// The delivery's id.
    pub id: String,
    /// The normalised address.
    pub to: String,
    /// The channel.
    pub channel: String,
}

impl Request {
    /// Reads the JSON that the contract describes.
    ///
    /// # Errors
    /// `message.invalid`, naming the key.
    pub fn parse(value: &Value) -> Result<Self, Refusal> {
        let invalid = |key: &str, wanted: &str| {
            Refusal::invalid("message.invalid", key, format!("write {wanted}"))
        };
        let map = value.as_object().ok_or_else(|| invalid("message", "a JSON object"))?;

        let text = |key: &str| match map.get(key) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone()).filter(|text| !text.is_empty())),
            Some(_) => Err(invalid(key, "text")),
        };

        let not_after = match text("not_after")? {
            Some(at) => Some(at.parse().map_err(|_source| {
                invalid("not_after", "a date and time such as 2026-11-22T09:30:00Z")
            })?),
            None => None,
        };

        let mut content = map.clone();
        content.retain(|key, value| {
            !matches!(
                key.as_str(),
                "to" | "channel" | "channel_kind" | "not_after" | "drop_if_stage_left"
            ) && !value.is_null()
        });

        Ok(Self {
            to: text("to")?.unwrap_or_default(),
            channel: text("channel")?,
            channel_kind: text("channel_kind")?,
            content,
            not_after,
            drop_if_stage_left: map
                .get("drop_if_stage_left")
                .and_then(Value::as_bool)
                .unwrap_or(false),
        })
    }

    fn check(&self) -> Result<(), Refusal> {
        if self.to.trim().is_empty() {
            return Err(Refusal::invalid("message.no-recipient", "to", "recipient phone is empty"));
        }

        if self.to.chars().count() > ADDRESS_CHARS_MAX {
            let message = format!(
                "no messenger has addresses of more than {ADDRESS_CHARS_MAX} characters; give one \
                 recipient"
            );
            return Err(Refusal::invalid("message.bad-recipient", "to", message));
        }

        let text = self.content.get("text").and_then(Value::as_str).unwrap_or("");
        let chars = text.chars().count();
        if chars > MESSAGE_CHARS_MAX {
            let message =
                format!("the message has {chars} characters; {MESSAGE_CHARS_MAX} are allowed");
            return Err(Refusal::invalid("message.too-long", "text", message));
        }

        if text.trim().is_empty()
            && !self.content.contains_key("template")
            && !self.content.contains_key("attachments")
        {
            return Err(Refusal::invalid(
                "message.empty",
                "text",
                "there is nothing to send: write a text or name a template",
            ));
        }

        Ok(())
    }
}

/// Queues a message.
///
/// # Errors
/// `message.no-recipient`, `message.bad-recipient`, `message.empty`, `message.too-long`,
/// `message.no-channel`, `message.unknown-channel`, `message.window-closed`, and what reading may
/// say.
pub fn decide(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    request: &Request,
    origin: &Origin,
) -> Result<Queued, Halt> {
    request.check()?;
    let tenant = tenant(tx, ctx)?;
    let channel = channel_for(tx, ctx, request, origin)?;

    let to = phone::address(&request.to, &tenant.country);
    let lane_name = format!("{}/{to}", channel.id);
    let lane_key = Delivery::lane_key(ctx.tenant, &lane_name);

    // The lane is a precondition: two messages to one address that are asked for at once get their
    // order here.
    let mut lane = tx.get_or_default::<DeliveryLane>(&lane_key)?;
    // Refused here, where whoever asks for the message sees it, and not later by the messenger (ADR
    // 0005).
    check_window(&channel, &lane, request, ctx.now)?;

    lane.seq += 1;
    let id = tx.new_id(ctx, "delivery");
    let mut delivery = Delivery {
        id: id.clone(),
        channel: channel.id.clone(),
        lane: lane_name,
        to: to.clone(),
        content: request.content.clone(),
        state: DeliveryState::Pending,
        reason: None,
        code: None,
        external_id: None,
        created_at: ctx.now,
        updated_at: ctx.now,
        due_at: Some(ctx.now),
        due_row: None,
        held: false,
        tries: 0,
        retried_at: None,
        early: Vec::new(),
        not_after: request.not_after,
        item: origin.item.clone(),
        only_in_epoch: origin.epoch.filter(|_| request.drop_if_stage_left),
        conversation: None,
        step: origin.step.clone(),
        author: ctx.author().map(str::to_owned),
    };

    // Only the first of a lane has a due row; each that ends gives the next one its own.
    lane.waiting.push(id.clone());
    if lane.waiting.len() == 1 {
        put_due(tx, ctx, &mut delivery, ctx.now, lane.seq)?;
    }

    tx.put(Delivery::key(ctx.tenant, &id), &delivery)?;
    tx.put(lane_key, &lane)?;

    if let Some(item) = &origin.item {
        let text = request.content.get("text").and_then(Value::as_str).unwrap_or("(template)");
        let data = json!({"delivery": id, "channel": channel.id, "to": to});
        note(tx, ctx, item, "message_out", format!("message to {to}: {text}"), data)?;
    }

    Ok(Queued { id, to, channel: channel.id })
}

/// Gives a delivery its due row.
pub(super) fn put_due(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    delivery: &mut Delivery,
    at: Timestamp,
    seq: u64,
) -> Result<(), Halt> {
    drop_due(tx, ctx, delivery);
    delivery.due_at = Some(at);
    delivery.due_row = Some((at, seq));
    let due = Due::Delivery { id: delivery.id.clone(), lane: delivery.lane.clone() };
    tx.put(Key::due(Queue::Delivery, ctx.tenant, at, seq, &delivery.id), &due)?;
    Ok(())
}

/// Takes a delivery's due row away.
pub(super) fn drop_due(tx: &mut Tx<'_>, ctx: &OpContext, delivery: &mut Delivery) {
    if let Some((at, seq)) = delivery.due_row.take() {
        tx.delete(Key::due(Queue::Delivery, ctx.tenant, at, seq, &delivery.id));
    }
    delivery.due_at = None;
}

/// The channel named, else that of the item's conversation, else the tenant's only one of the kind.
fn channel_for(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    request: &Request,
    origin: &Origin,
) -> Result<Channel, Halt> {
    if let Some(id) = &request.channel {
        // A peek: whether the channel is there is looked at again before every try.
        let found = tx.peek::<Channel>(&Channel::key(ctx.tenant, id))?;
        let message = format!("there is no channel `{id}`; GET /v1/channels lists them");
        return Ok(found
            .map(|(channel, _)| channel)
            .ok_or_else(|| Refusal::invalid("message.unknown-channel", "channel", message))?);
    }

    let fits =
        |channel: &Channel| request.channel_kind.as_ref().is_none_or(|kind| *kind == channel.kind);
    if let Some(channel) = conversation_channel(tx, ctx, origin)?.filter(fits) {
        return Ok(channel);
    }

    // As a range it is a precondition: a second channel that is set up at this moment makes the
    // choice unclear.
    let range = Range::first(Key::new(ctx.tenant, crate::key::Table::Channel, &[]), 100);
    let channels = tx.range::<Channel>(&range)?;
    let mut fitting = channels.into_iter().map(|(_, channel)| channel).filter(fits);

    match (fitting.next(), fitting.next()) {
        (Some(channel), None) => Ok(channel),
        (None, _) => {
            let message =
                "there is no channel to send through; set one up with PUT /v1/channels/{id}";
            Err(Refusal::invalid("message.no-channel", "channel", message).into())
        }
        (Some(_), Some(_)) => {
            let message = "several channels could send this; name one in the setting `channel`";
            Err(Refusal::invalid("message.no-channel", "channel", message).into())
        }
    }
}

fn conversation_channel(
    tx: &Tx<'_>,
    ctx: &OpContext,
    origin: &Origin,
) -> Result<Option<Channel>, Halt> {
    let Some(item) = &origin.item else { return Ok(None) };
    let Some((record, _)) = tx.peek::<Record>(&item.key(ctx.tenant))? else { return Ok(None) };

    let id = record.text("conversation");
    if id.is_empty() {
        return Ok(None);
    }

    let Some((conversation, _)) = tx.peek::<Conversation>(&Conversation::key(ctx.tenant, id))?
    else {
        return Ok(None);
    };

    Ok(tx
        .peek::<Channel>(&Channel::key(ctx.tenant, &conversation.channel))?
        .map(|(channel, _)| channel))
}

/// Until when the messenger takes free text to this address; always where there is no such rule.
#[must_use]
pub fn free_text_until(channel: &Channel, lane: &DeliveryLane) -> Option<Timestamp> {
    let hours = channel.free_text_hours?;
    let since = lane.last_inbound_at.unwrap_or(Timestamp(0));
    Some(since.plus_ms(i64::from(hours) * 3_600_000))
}

/// Refuses a text without template where the messenger would refuse it.
fn check_window(
    channel: &Channel,
    lane: &DeliveryLane,
    request: &Request,
    now: Timestamp,
) -> Result<(), Refusal> {
    let closed = free_text_until(channel, lane).is_some_and(|until| until < now);
    if !closed || request.content.contains_key("template") {
        return Ok(());
    }

    let hours = channel.free_text_hours.unwrap_or(0);
    let message = format!(
        "this address has not written within {hours} hours, so the messenger takes approved \
         templates only; set one in the robot's \
         template settings"
    );
    Err(Refusal::invalid("message.window-closed", "template", message))
}
