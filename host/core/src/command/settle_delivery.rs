//! What a person decides about a delivery that is stuck.

use super::deliver::end;
use super::send_message::put_due;
use crate::context::OpContext;
use crate::model::delivery::{Delivery, DeliveryLane, DeliveryState};
use crate::refusal::Refusal;
use crate::tx::{Halt, Tx};

/// What to do with a delivery.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Choice {
    /// Send it again, now.
    Retry,
    /// Never send it.
    Discard,
    /// It did arrive.
    Confirm,
}

/// Applies a person's choice.
///
/// # Errors
/// `delivery.wrong-state` where the choice makes no sense now, and what reading may say.
pub fn decide(tx: &mut Tx<'_>, ctx: &OpContext, id: &str, choice: Choice) -> Result<Delivery, Halt> {
    let key = Delivery::key(ctx.tenant, id);
    let (mut delivery, _) = tx.require::<Delivery>(&key)?;
    let state = delivery.state;
    let allowed = match choice {
        Choice::Retry => {
            matches!(state, DeliveryState::Unknown | DeliveryState::Failed | DeliveryState::Dead | DeliveryState::Dropped)
        }
        Choice::Discard => {
            matches!(state, DeliveryState::Pending | DeliveryState::Unknown | DeliveryState::Failed | DeliveryState::Dead)
        }
        Choice::Confirm => state == DeliveryState::Unknown,
    };
    if !allowed {
        let message =
            format!("the delivery is {}; that cannot be done with it now", serde_json::json!(state).as_str().unwrap_or(""));
        return Err(Refusal::conflict("delivery.wrong-state", message).into());
    }
    match choice {
        Choice::Discard => {
            end(tx, ctx, delivery, DeliveryState::Dropped, "delivery.discarded", "discarded by a person".into())?;
        }
        Choice::Confirm => {
            end(tx, ctx, delivery, DeliveryState::Sent, "", String::new())?;
        }
        Choice::Retry => {
            let lane_key = Delivery::lane_key(ctx.tenant, &delivery.lane);
            let mut lane = tx.get::<DeliveryLane>(&lane_key)?.map(|(lane, _)| lane).unwrap_or_default();
            lane.seq += 1;
            lane.waiting.push(delivery.id.clone());
            delivery.state = DeliveryState::Pending;
            delivery.tries = 0;
            delivery.not_after = None;
            delivery.only_in_epoch = None;
            delivery.updated_at = ctx.now;
            if lane.waiting.len() == 1 {
                put_due(tx, ctx, &mut delivery, ctx.now, lane.seq)?;
            }
            tx.put(lane_key, &lane)?;
            tx.put(key.clone(), &delivery)?;
        }
    }
    Ok(tx.require::<Delivery>(&key)?.0)
}
