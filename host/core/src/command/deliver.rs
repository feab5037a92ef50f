//! One try of a delivery: claiming it, and recording what came of it.

use serde_json::{Map, Value, json};

use super::ingest_status::advance;
use super::job::hold_back;
use super::note;
use super::send_message::{drop_due, free_text_until, put_due};
use crate::context::OpContext;
use crate::exchange::Outcome;
use crate::limits::{DELIVERY_ATTEMPTS_MAX, REASON_CHARS_MAX};
use crate::model::channel::{Channel, OnUnknown};
use crate::model::conversation::External;
use crate::model::delivery::{Delivery, DeliveryLane, DeliveryState};
use crate::model::pauses::{Held, Pausable, Pauses};
use crate::model::plugin::{Grant, Plugin};
use crate::model::record::Record;
use crate::time::Timestamp;
use crate::tx::{Halt, Tx};

/// What a due delivery turned out to be.
#[derive(Debug)]
pub enum Claimed {
    /// Send it: `sending` is in this commit.
    Send(Box<Job>),
    /// Nothing to send: it ended in this commit, or had ended before.
    Over,
}

/// A delivery to send.
#[derive(Clone, Debug)]
pub struct Job {
    /// The delivery.
    pub delivery: Delivery,
    /// Its channel.
    pub channel: Channel,
    /// The plugin that translates.
    pub plugin: Plugin,
    /// What the tenant granted it.
    pub grant: Grant,
    /// What the channel plugin is given.
    pub json: Value,
}

/// How a try ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// The provider took it, under this id of its own.
    Sent(Option<String>),
    /// Try again, not before this many milliseconds.
    Retry {
        /// Delay asked for.
        after_ms: i64,
        /// Why.
        reason: String,
        /// Stable code.
        code: String,
    },
    /// Refused for good.
    Failed {
        /// Why.
        reason: String,
        /// Stable code.
        code: String,
    },
    /// It may have arrived.
    Unknown(String),
}

impl From<Outcome> for Verdict {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Verdict(map, _) => Self::parse(&map),
            Outcome::NotSent { code, reason, retry: true } => Self::Retry { after_ms: 0, reason, code },
            Outcome::NotSent { code, reason, retry: false } => Self::Failed { reason, code },
            Outcome::Unknown(reason) => Self::Unknown(reason),
        }
    }
}

impl Verdict {
    /// Reads a channel plugin's verdict. What it does not say clearly counts as unknown.
    #[must_use]
    pub fn parse(map: &Map<String, Value>) -> Self {
        let text = |key: &str| map.get(key).and_then(Value::as_str).unwrap_or("").to_owned();
        let reason = text("reason");
        match text("outcome").as_str() {
            "sent" => Self::Sent(Some(text("external_id")).filter(|id| !id.is_empty())),
            "retry" => {
                let seconds = map.get("retry_after_seconds").and_then(Value::as_i64).unwrap_or(0);
                Self::Retry { after_ms: seconds.clamp(0, 86_400) * 1_000, reason, code: "delivery.retry".into() }
            }
            "failed" => Self::Failed { reason, code: "delivery.refused".into() },
            "window-closed" => Self::Failed { reason, code: "delivery.window-closed".into() },
            _ => Self::Unknown(reason),
        }
    }
}

/// Claims a due delivery. Whether it may still be sent is checked before every try.
///
/// # Errors
/// What reading may say.
pub fn claim(tx: &mut Tx<'_>, ctx: &OpContext, id: &str) -> Result<Claimed, Halt> {
    let key = Delivery::key(ctx.tenant, id);
    let Some((mut delivery, _)) = tx.get::<Delivery>(&key)? else { return Ok(Claimed::Over) };
    if delivery.state.is_ended() {
        drop_due(tx, ctx, &mut delivery);
        tx.put(key, &delivery)?;
        return Ok(Claimed::Over);
    }
    let (channel_key, lane_key) = (Channel::key(ctx.tenant, &delivery.channel), Delivery::lane_key(ctx.tenant, &delivery.lane));
    tx.want(&[channel_key.clone(), lane_key.clone(), Pauses::key(ctx.tenant)])?;
    let Some((channel, _)) = tx.peek::<Channel>(&channel_key)? else {
        end(tx, ctx, delivery, DeliveryState::Failed, "delivery.no-channel", "its channel is gone")?;
        return Ok(Claimed::Over);
    };
    if delivery.state == DeliveryState::Sending && channel.on_unknown == OnUnknown::Park {
        let reason = "the host stopped while it was being sent; nobody knows whether it arrived";
        end_heard(tx, ctx, delivery, DeliveryState::Unknown, "delivery.unknown", reason)?;
        return Ok(Claimed::Over);
    }
    if let Some(reason) = too_late(tx, ctx, &delivery)? {
        end(tx, ctx, delivery, DeliveryState::Dropped, "delivery.dropped", &reason)?;
        return Ok(Claimed::Over);
    }
    if channel.paused {
        wait(tx, ctx, delivery, ctx.now.plus_ms(PAUSED_MS), "channel.paused", "the channel is paused")?;
        return Ok(Claimed::Over);
    }
    let pauses = tx.peek_or_default::<Pauses>(&Pauses::key(ctx.tenant))?;
    if let Some(by) = pauses.holding_message(&channel.plugin) {
        hold(tx, ctx, delivery, &by)?;
        return Ok(Claimed::Over);
    }
    let Some((plugin, _)) = tx.peek::<Plugin>(&Plugin::key(&channel.plugin))? else {
        let reason = format!("plugin `{}` is not installed; install its bundle with POST /v1/plugins", channel.plugin);
        end(tx, ctx, delivery, DeliveryState::Failed, "plugin.missing", &reason)?;
        return Ok(Claimed::Over);
    };
    let Some((grant, _)) = tx.peek::<Grant>(&Grant::key(ctx.tenant, &channel.plugin))? else {
        let reason = format!("this tenant has not enabled `{0}`; PUT /v1/plugins/{0}/grants does", channel.plugin);
        end(tx, ctx, delivery, DeliveryState::Failed, "plugin.not-enabled", &reason)?;
        return Ok(Claimed::Over);
    };
    let lane = tx.peek_or_default::<DeliveryLane>(&lane_key)?;
    delivery.state = DeliveryState::Sending;
    delivery.held = false;
    delivery.updated_at = ctx.now;
    delivery.tries += 1;
    tx.put(key, &delivery)?;
    let json = job_json(&delivery, &channel, &lane);
    Ok(Claimed::Send(Box::new(Job { delivery, channel, plugin, grant, json })))
}

/// What the channel plugin is given.
fn job_json(delivery: &Delivery, channel: &Channel, lane: &DeliveryLane) -> Value {
    let mut job = delivery.content.clone();
    job.insert("id".into(), json!(delivery.id));
    job.insert("to".into(), json!(delivery.to));
    job.insert("free_text_until".into(), json!(free_text_until(channel, lane)));
    Value::Object(job)
}

/// Why a delivery is not to be sent any more, if so.
fn too_late(tx: &Tx<'_>, ctx: &OpContext, delivery: &Delivery) -> Result<Option<String>, Halt> {
    if let Some(limit) = delivery.not_after.filter(|limit| ctx.now > *limit) {
        return Ok(Some(format!("it was not to be sent after {limit}")));
    }
    let (Some(epoch), Some(item)) = (delivery.only_in_epoch, &delivery.item) else { return Ok(None) };
    let record = tx.peek::<Record>(&item.key(ctx.tenant))?.map(|(record, _)| record);
    let still = record.is_some_and(|record| record.deleted_at.is_none() && record.stage_epoch == epoch);
    Ok((!still).then(|| "the item has left the stage".to_owned()))
}

/// Records how a try ended.
///
/// # Errors
/// What reading may say.
pub fn finish(tx: &mut Tx<'_>, ctx: &OpContext, id: &str, verdict: Verdict) -> Result<DeliveryState, Halt> {
    let key = Delivery::key(ctx.tenant, id);
    let (delivery, _) = tx.require::<Delivery>(&key)?;
    if delivery.state != DeliveryState::Sending {
        return Ok(delivery.state);
    }
    let resend =
        tx.peek::<Channel>(&Channel::key(ctx.tenant, &delivery.channel))?.is_some_and(|(c, _)| c.on_unknown == OnUnknown::Resend);
    let (after_ms, reason, code, last) = match verdict {
        Verdict::Sent(external_id) => return sent(tx, ctx, delivery, external_id),
        Verdict::Failed { reason, code } => return end_heard(tx, ctx, delivery, DeliveryState::Failed, &code, &reason),
        Verdict::Unknown(reason) if !resend => {
            return end_heard(tx, ctx, delivery, DeliveryState::Unknown, "delivery.unknown", &reason);
        }
        Verdict::Unknown(reason) => (0, reason, "delivery.unknown".to_owned(), DeliveryState::Unknown),
        Verdict::Retry { after_ms, reason, code } => (after_ms, reason, code, DeliveryState::Dead),
    };
    if delivery.tries >= DELIVERY_ATTEMPTS_MAX {
        let reason = format!("gave up after {} tries: {reason}", delivery.tries);
        return end_heard(tx, ctx, delivery, last, &code, &reason);
    }
    if delivery.early.iter().any(|early| early.status != "failed") {
        // An earlier try did arrive, so there is nothing to repeat.
        return end_heard(tx, ctx, delivery, DeliveryState::Pending, "", "");
    }
    let at = ctx.now.plus_ms(back_off_ms(delivery.tries).max(after_ms));
    wait(tx, ctx, delivery, at, &code, &reason)?;
    Ok(DeliveryState::Pending)
}

/// How long a paused channel's messages wait before they are looked at again, in milliseconds.
const PAUSED_MS: i64 = 60_000;

/// Leaves a delivery for later. Where it may not be sent any more by then, it is looked at as soon as that is certain, since others
/// wait behind it.
fn wait(tx: &mut Tx<'_>, ctx: &OpContext, mut delivery: Delivery, at: Timestamp, code: &str, reason: &str) -> Result<(), Halt> {
    let seq = delivery.due_row.map_or(0, |(_, seq)| seq);
    let at = delivery.not_after.map_or(at, |limit| at.min(limit.plus_ms(1)).max(ctx.now));
    (delivery.state, delivery.updated_at) = (DeliveryState::Pending, ctx.now);
    (delivery.reason, delivery.code) = (Some(short(reason)), Some(code.to_owned()));
    delivery.early.clear();
    put_due(tx, ctx, &mut delivery, at, seq)?;
    tx.put(Delivery::key(ctx.tenant, &delivery.id), &delivery)?;
    Ok(())
}

/// Leaves a delivery until what is paused is resumed, which puts it in its turn again. Where it may not be sent any more by then, it is
/// looked at as soon as that is certain.
fn hold(tx: &mut Tx<'_>, ctx: &OpContext, mut delivery: Delivery, by: &Pausable) -> Result<(), Halt> {
    let code = if *by == Pausable::Sending { "sending.paused" } else { "plugin.paused" };
    (delivery.state, delivery.updated_at, delivery.held) = (DeliveryState::Pending, ctx.now, true);
    (delivery.reason, delivery.code) = (Some(by.reason().to_owned()), Some(code.to_owned()));
    drop_due(tx, ctx, &mut delivery);
    if let Some(limit) = delivery.not_after {
        put_due(tx, ctx, &mut delivery, limit.plus_ms(1).max(ctx.now), 0)?;
    }
    hold_back(tx, ctx, by, &Held::Delivery(delivery.id.clone()))?;
    tx.put(Delivery::key(ctx.tenant, &delivery.id), &delivery)?;
    Ok(())
}

/// A reason that is kept.
pub(super) fn short(reason: &str) -> String {
    reason.chars().take(REASON_CHARS_MAX).collect()
}

/// 5 s, 20 s, 80 s, ... up to an hour.
fn back_off_ms(tries: u32) -> i64 {
    5_000_i64.saturating_mul(4_i64.saturating_pow(tries.saturating_sub(1))).min(3_600_000)
}

/// The provider took it. Statuses that came before its answer are applied now.
fn sent(tx: &mut Tx<'_>, ctx: &OpContext, mut delivery: Delivery, external_id: Option<String>) -> Result<DeliveryState, Halt> {
    if let Some(external_id) = external_id {
        let key = External::key(ctx.tenant, &delivery.channel, "out", &external_id);
        let mut known = tx.get::<External>(&key)?.map_or(External { at: ctx.now, ..External::default() }, |(known, _)| known);
        delivery.early.append(&mut known.early);
        known.delivery = Some(delivery.id.clone());
        tx.put(key, &known)?;
        // What an earlier try came to says nothing about this one.
        delivery.early.retain(|early| early.status != "failed" || early.external_id == external_id);
        delivery.external_id = Some(external_id);
    }
    end_heard(tx, ctx, delivery, DeliveryState::Sent, "", "")
}

/// Ends a try, and applies the statuses that came while it was under way: what the provider said is a fact, whatever became of its
/// answer.
fn end_heard(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    mut delivery: Delivery,
    state: DeliveryState,
    code: &str,
    reason: &str,
) -> Result<DeliveryState, Halt> {
    let (mut state, mut code, mut reason) = (state, code.to_owned(), reason.to_owned());
    for early in std::mem::take(&mut delivery.early) {
        let Some(moved) = advance(state, &early.status, early.reason.as_deref()) else { continue };
        delivery.external_id.get_or_insert(early.external_id);
        (state, code, reason) = moved;
    }
    end(tx, ctx, delivery, state, &code, &reason)
}

/// Ends a delivery and lets the next one of its lane go.
pub(super) fn end(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    mut delivery: Delivery,
    state: DeliveryState,
    code: &str,
    reason: &str,
) -> Result<DeliveryState, Halt> {
    drop_due(tx, ctx, &mut delivery);
    delivery.state = state;
    delivery.updated_at = ctx.now;
    delivery.code = Some(code.to_owned()).filter(|code| !code.is_empty());
    delivery.reason = Some(short(reason)).filter(|reason| !reason.is_empty());
    tx.put(Delivery::key(ctx.tenant, &delivery.id), &delivery)?;
    if let Some(item) = &delivery.item {
        let word = json!(state).as_str().unwrap_or("").to_owned();
        let why = delivery.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
        let data = json!({"delivery": delivery.id, "state": word, "code": delivery.code});
        note(tx, ctx, item, "delivery", format!("message to {} {word}{why}", delivery.to), data)?;
    }
    next_in_lane(tx, ctx, &delivery)?;
    Ok(state)
}

fn next_in_lane(tx: &mut Tx<'_>, ctx: &OpContext, ended: &Delivery) -> Result<(), Halt> {
    let lane_key = Delivery::lane_key(ctx.tenant, &ended.lane);
    let Some((mut lane, _)) = tx.get::<DeliveryLane>(&lane_key)? else { return Ok(()) };
    if !lane.waiting.contains(&ended.id) {
        return Ok(());
    }
    lane.waiting.retain(|id| *id != ended.id);
    if let Some(next) = lane.waiting.first() {
        let key = Delivery::key(ctx.tenant, next);
        if let Some((mut delivery, _)) = tx.get::<Delivery>(&key)?
            && delivery.due_row.is_none()
        {
            let at = delivery.due_at.map_or(ctx.now, |at: Timestamp| at.max(ctx.now));
            put_due(tx, ctx, &mut delivery, at, lane.seq)?;
            tx.put(key, &delivery)?;
        }
    }
    tx.put(lane_key, &lane)?;
    Ok(())
}
