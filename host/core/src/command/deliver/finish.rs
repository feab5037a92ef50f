//! Recording what came of a try.

use super::Verdict;
use super::end::end_heard;
use super::postpone::wait;
use crate::context::OpContext;
use crate::limits::DELIVERY_ATTEMPTS_MAX;
use crate::model::channel::{Channel, OnUnknown};
use crate::model::conversation::External;
use crate::model::delivery::{Delivery, DeliveryState};
use crate::tx::{Halt, Tx};

/// A try that is to be repeated, unless it was the last one.
struct Again {
    /// The delay that was asked for.
    after_ms: i64,
    reason: String,
    code: String,
    /// What the delivery ends as when no try is left.
    last: DeliveryState,
}

/// Records how a try ended.
///
/// # Errors
/// What reading may say.
pub fn finish(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    id: &str,
    verdict: Verdict,
) -> Result<DeliveryState, Halt> {
    let key = Delivery::key(ctx.tenant, id);
    let (delivery, _) = tx.require::<Delivery>(&key)?;
    if delivery.state != DeliveryState::Sending {
        return Ok(delivery.state);
    }

    // A peek: where the channel's setting changes at this moment, either one may count.
    let channel = tx.peek::<Channel>(&Channel::key(ctx.tenant, &delivery.channel))?;
    let resend = channel.is_some_and(|(channel, _)| channel.on_unknown == OnUnknown::Resend);

    let again = match verdict {
        Verdict::Sent(external_id) => return record_sent(tx, ctx, delivery, external_id),
        Verdict::Failed { reason, code } => {
            return end_heard(tx, ctx, delivery, DeliveryState::Failed, &code, &reason);
        }
        Verdict::Unknown(reason) if !resend => {
            return end_heard(
                tx,
                ctx,
                delivery,
                DeliveryState::Unknown,
                "delivery.unknown",
                &reason,
            );
        }
        Verdict::Unknown(reason) => {
            let code = "delivery.unknown".to_owned();
            Again { after_ms: 0, reason, code, last: DeliveryState::Unknown }
        }
        Verdict::Retry { after_ms, reason, code } => {
            Again { after_ms, reason, code, last: DeliveryState::Dead }
        }
    };

    try_again(tx, ctx, delivery, &again)
}

/// Leaves a delivery for its next try, if it has one.
fn try_again(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    delivery: Delivery,
    again: &Again,
) -> Result<DeliveryState, Halt> {
    if delivery.tries >= DELIVERY_ATTEMPTS_MAX {
        let reason = format!("gave up after {} tries: {}", delivery.tries, again.reason);
        return end_heard(tx, ctx, delivery, again.last, &again.code, &reason);
    }

    if delivery.early.iter().any(|early| early.status != "failed") {
        // An earlier try did arrive, so there is nothing to repeat.
        return end_heard(tx, ctx, delivery, DeliveryState::Pending, "", "");
    }

    let at = ctx.now.plus_ms(back_off_ms(delivery.tries).max(again.after_ms));
    wait(tx, ctx, delivery, at, &again.code, &again.reason)?;
    Ok(DeliveryState::Pending)
}

/// 5 s, 20 s, 80 s, ... up to an hour.
fn back_off_ms(tries: u32) -> i64 {
    5_000_i64.saturating_mul(4_i64.saturating_pow(tries.saturating_sub(1))).min(3_600_000)
}

/// The provider took it. Statuses that came before its answer are applied now.
fn record_sent(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    mut delivery: Delivery,
    external_id: Option<String>,
) -> Result<DeliveryState, Halt> {
    if let Some(external_id) = external_id {
        let key = External::key(ctx.tenant, &delivery.channel, "out", &external_id);
        let found = tx.get::<External>(&key)?.map(|(known, _)| known);
        let mut known = found.unwrap_or_else(|| External { at: ctx.now, ..External::default() });

        // A status may have come before the id that it names was known here: it waited in the row
        // of that id.
        delivery.early.append(&mut known.early);
        known.delivery = Some(delivery.id.clone());
        tx.put(key, &known)?;

        // What an earlier try came to says nothing about this one.
        delivery.early.retain(|early| early.status != "failed" || early.external_id == external_id);
        delivery.external_id = Some(external_id);
    }

    end_heard(tx, ctx, delivery, DeliveryState::Sent, "", "")
}
