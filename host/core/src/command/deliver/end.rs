//! Ending a delivery, and letting the next one of its lane go.

use serde_json::json;

use super::advance::advance;
use crate::command::note;
use crate::command::send_message::{drop_due, put_due};
use crate::context::OpContext;
use crate::limits::REASON_CHARS_MAX;
use crate::model::delivery::{Delivery, DeliveryLane, DeliveryState};
use crate::time::Timestamp;
use crate::tx::{Halt, Tx};

/// Ends a try, and applies the statuses that came while it was under way: what the provider said is
/// a fact, whatever became of its answer.
pub(super) fn end_heard(
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
pub(in crate::command) fn end(
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

    release_next_in_lane(tx, ctx, &delivery)?;
    Ok(state)
}

fn release_next_in_lane(tx: &mut Tx<'_>, ctx: &OpContext, ended: &Delivery) -> Result<(), Halt> {
    let lane_key = Delivery::lane_key(ctx.tenant, &ended.lane);
    let Some((mut lane, _)) = tx.get::<DeliveryLane>(&lane_key)? else { return Ok(()) };

    // One that ended before and is moved on by a status has left its lane already.
    if !lane.waiting.contains(&ended.id) {
        return Ok(());
    }

    lane.waiting.retain(|id| *id != ended.id);

    // Only the first of a lane has a due row, so whoever ends gives the next one its own.
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

/// A reason that is kept.
pub(in crate::command) fn short(reason: &str) -> String {
    reason.chars().take(REASON_CHARS_MAX).collect()
}
