//! Claiming a due delivery: whether it may still be sent is asked before every try.

use serde_json::{Value, json};

use super::end::{end, end_heard};
use super::postpone::{hold, wait};
use crate::command::send_message::{drop_due, free_text_until};
use crate::context::OpContext;
use crate::model::channel::{Channel, OnUnknown};
use crate::model::delivery::{Delivery, DeliveryLane, DeliveryState};
use crate::model::pauses::{Pausable, Pauses};
use crate::model::plugin::{Grant, Plugin};
use crate::model::record::Record;
use crate::tx::{Halt, Tx};

/// How long a paused channel's messages wait before they are looked at again, in milliseconds.
const PAUSED_MS: i64 = 60_000;

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

/// What becomes of a due delivery that is not sent now.
enum Instead {
    /// It ends, for a reason that it has from us.
    End { state: DeliveryState, code: &'static str, reason: String },
    /// Nobody knows whether it arrived; what the provider has said meanwhile may tell.
    EndUnknown,
    /// Its channel is paused.
    Wait,
    /// What this names is paused; resuming it puts the delivery in its turn again.
    Hold(Pausable),
}

impl Instead {
    fn fail(code: &'static str, reason: String) -> Self {
        Self::End { state: DeliveryState::Failed, code, reason }
    }
}

/// Who translates for a channel.
struct Translator {
    plugin: Plugin,
    grant: Grant,
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

    // None of these hangs on another: asked for together they cost one round.
    let channel_key = Channel::key(ctx.tenant, &delivery.channel);
    let lane_key = Delivery::lane_key(ctx.tenant, &delivery.lane);
    tx.want(&[channel_key.clone(), lane_key.clone(), Pauses::key(ctx.tenant)])?;

    let Some((channel, _)) = tx.peek::<Channel>(&channel_key)? else {
        let gone = Instead::fail("delivery.no-channel", "its channel is gone".to_owned());
        return do_instead(tx, ctx, delivery, gone);
    };

    if let Some(instead) = find_hindrance(tx, ctx, &delivery, &channel)? {
        return do_instead(tx, ctx, delivery, instead);
    }

    let Translator { plugin, grant } = match find_translator(tx, ctx, &channel.plugin)? {
        Ok(translator) => translator,
        Err(instead) => return do_instead(tx, ctx, delivery, instead),
    };

    let lane = tx.peek_or_default::<DeliveryLane>(&lane_key)?;
    // Durable before the request leaves: after a stop in between, the next host sees that it may
    // have left, and does what the channel wants done where an answer is lost.
    delivery.state = DeliveryState::Sending;
    delivery.held = false;
    delivery.updated_at = ctx.now;
    delivery.tries += 1;
    tx.put(key, &delivery)?;

    let json = job_json(&delivery, &channel, &lane);
    Ok(Claimed::Send(Box::new(Job { delivery, channel, plugin, grant, json })))
}

/// What becomes of a delivery whose channel is there, if it is not to be sent now. What ends it is
/// asked before what only makes it wait: others wait behind it.
fn find_hindrance(
    tx: &Tx<'_>,
    ctx: &OpContext,
    delivery: &Delivery,
    channel: &Channel,
) -> Result<Option<Instead>, Halt> {
    // Found as `sending`, it was under way when the host stopped: sent again, it may arrive twice.
    if delivery.state == DeliveryState::Sending && channel.on_unknown == OnUnknown::Park {
        return Ok(Some(Instead::EndUnknown));
    }

    if let Some(reason) = explain_lateness(tx, ctx, delivery)? {
        let code = "delivery.dropped";
        return Ok(Some(Instead::End { state: DeliveryState::Dropped, code, reason }));
    }

    if channel.paused {
        return Ok(Some(Instead::Wait));
    }

    let pauses = tx.peek_or_default::<Pauses>(&Pauses::key(ctx.tenant))?;
    Ok(pauses.holding_message(&channel.plugin).map(Instead::Hold))
}

/// Why a delivery is not to be sent any more, if so.
fn explain_lateness(
    tx: &Tx<'_>,
    ctx: &OpContext,
    delivery: &Delivery,
) -> Result<Option<String>, Halt> {
    if let Some(limit) = delivery.not_after.filter(|limit| ctx.now > *limit) {
        return Ok(Some(format!("it was not to be sent after {limit}")));
    }

    let (Some(epoch), Some(item)) = (delivery.only_in_epoch, &delivery.item) else {
        return Ok(None);
    };

    let record = tx.peek::<Record>(&item.key(ctx.tenant))?.map(|(record, _)| record);
    let still =
        record.is_some_and(|record| record.deleted_at.is_none() && record.stage_epoch == epoch);
    Ok((!still).then(|| "the item has left the stage".to_owned()))
}

/// The plugin that translates, if it is installed and this tenant has enabled it.
fn find_translator(
    tx: &Tx<'_>,
    ctx: &OpContext,
    id: &str,
) -> Result<Result<Translator, Instead>, Halt> {
    let Some((plugin, _)) = tx.peek::<Plugin>(&Plugin::key(id))? else {
        let reason =
            format!("plugin `{id}` is not installed; install its bundle with POST /v1/plugins");
        return Ok(Err(Instead::fail("plugin.missing", reason)));
    };

    let Some((grant, _)) = tx.peek::<Grant>(&Grant::key(ctx.tenant, id))? else {
        let reason =
            format!("this tenant has not enabled `{id}`; PUT /v1/plugins/{id}/grants does");
        return Ok(Err(Instead::fail("plugin.not-enabled", reason)));
    };

    Ok(Ok(Translator { plugin, grant }))
}

/// Does with a delivery what is done instead of sending it.
fn do_instead(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    delivery: Delivery,
    instead: Instead,
) -> Result<Claimed, Halt> {
    match instead {
        Instead::End { state, code, reason } => {
            end(tx, ctx, delivery, state, code, &reason)?;
        }
        Instead::EndUnknown => {
            let reason =
                "the host stopped while it was being sent; nobody knows whether it arrived";
            end_heard(tx, ctx, delivery, DeliveryState::Unknown, "delivery.unknown", reason)?;
        }
        Instead::Wait => {
            let at = ctx.now.plus_ms(PAUSED_MS);
            wait(tx, ctx, delivery, at, "channel.paused", "the channel is paused")?;
        }
        Instead::Hold(by) => hold(tx, ctx, delivery, &by)?,
    }

    Ok(Claimed::Over)
}

/// What the channel plugin is given.
fn job_json(delivery: &Delivery, channel: &Channel, lane: &DeliveryLane) -> Value {
    let mut job = delivery.content.clone();
    job.insert("id".into(), json!(delivery.id));
    job.insert("to".into(), json!(delivery.to));
    job.insert("free_text_until".into(), json!(free_text_until(channel, lane)));
    Value::Object(job)
}
