//! Leaving a delivery for later.

use super::end::short;
use crate::command::job::hold_back;
use crate::command::send_message::{drop_due, put_due};
use crate::context::OpContext;
use crate::model::delivery::{Delivery, DeliveryState};
use crate::model::pauses::{Held, Pausable};
use crate::time::Timestamp;
use crate::tx::{Halt, Tx};

/// Leaves a delivery for later. Where it may not be sent any more by then, it is looked at as soon
/// as that is certain, since others wait behind it.
pub(super) fn wait(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    mut delivery: Delivery,
    at: Timestamp,
    code: &str,
    reason: &str,
) -> Result<(), Halt> {
    let seq = delivery.due_row.map_or(0, |(_, seq)| seq);
    let at = delivery.not_after.map_or(at, |limit| at.min(limit.plus_ms(1)).max(ctx.now));

    (delivery.state, delivery.updated_at) = (DeliveryState::Pending, ctx.now);
    (delivery.reason, delivery.code) = (Some(short(reason)), Some(code.to_owned()));

    delivery.early.clear();

    put_due(tx, ctx, &mut delivery, at, seq)?;
    tx.put(Delivery::key(ctx.tenant, &delivery.id), &delivery)?;
    Ok(())
}

/// Leaves a delivery until what is paused is resumed, which puts it in its turn again. Where it may
/// not be sent any more by then, it is looked at as soon as that is certain.
pub(super) fn hold(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    mut delivery: Delivery,
    by: &Pausable,
) -> Result<(), Halt> {
    let code = if *by == Pausable::Sending { "sending.paused" } else { "plugin.paused" };
    (delivery.state, delivery.updated_at, delivery.held) = (DeliveryState::Pending, ctx.now, true);
    (delivery.reason, delivery.code) = (Some(by.reason().to_owned()), Some(code.to_owned()));

    // No due row while it is held, so that a pause costs no looks: resuming comes for it (ADR
    // 0009).
    drop_due(tx, ctx, &mut delivery);
    if let Some(limit) = delivery.not_after {
        put_due(tx, ctx, &mut delivery, limit.plus_ms(1).max(ctx.now), 0)?;
    }

    hold_back(tx, ctx, by, &Held::Delivery(delivery.id.clone()))?;
    tx.put(Delivery::key(ctx.tenant, &delivery.id), &delivery)?;
    Ok(())
}
