//! What a person decides about a delivery that is stuck.

use serde_json::json;

use super::deliver::end;
use super::note;
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

impl Choice {
    /// The states in which it makes sense. While a request is under way nobody can say what will
    /// come of it.
    fn states(self) -> &'static [DeliveryState] {
        use DeliveryState::{Dead, Dropped, Failed, Pending, Unknown};
        match self {
            Self::Retry => &[Unknown, Failed, Dead, Dropped],
            Self::Discard => &[Pending, Unknown, Failed, Dead],
            Self::Confirm => &[Unknown],
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Retry => "retry",
            Self::Discard => "discard",
            Self::Confirm => "confirm",
        }
    }

    fn takes(self) -> String {
        self.states().iter().map(|state| word(*state)).collect::<Vec<_>>().join(", ")
    }
}

fn word(state: DeliveryState) -> String {
    json!(state).as_str().unwrap_or_default().to_owned()
}

/// Applies a person's choice.
///
/// # Errors
/// `delivery.wrong-state` where the choice makes no sense now, and what reading may say.
pub fn decide(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    id: &str,
    choice: Choice,
) -> Result<Delivery, Halt> {
    let key = Delivery::key(ctx.tenant, id);
    let (delivery, _) = tx.require::<Delivery>(&key)?;
    let state = delivery.state;
    if !choice.states().contains(&state) {
        let message = format!(
            "the delivery is {}; {} is for deliveries that are {}",
            word(state),
            choice.word(),
            choice.takes()
        );
        return Err(Refusal::conflict("delivery.wrong-state", message).into());
    }

    match choice {
        Choice::Discard => {
            end(
                tx,
                ctx,
                delivery,
                DeliveryState::Dropped,
                "delivery.discarded",
                "discarded by a person",
            )?;
        }
        Choice::Confirm => {
            end(tx, ctx, delivery, DeliveryState::Sent, "", "")?;
        }
        Choice::Retry => send_again(tx, ctx, delivery)?,
    }

    Ok(tx.require::<Delivery>(&key)?.0)
}

/// Puts a delivery at the end of its lane, as if it had never been tried.
fn send_again(tx: &mut Tx<'_>, ctx: &OpContext, mut delivery: Delivery) -> Result<(), Halt> {
    let lane_key = Delivery::lane_key(ctx.tenant, &delivery.lane);
    let mut lane = tx.get_or_default::<DeliveryLane>(&lane_key)?;
    lane.seq += 1;
    lane.waiting.push(delivery.id.clone());

    // Somebody wants it sent now: neither its limit nor its stage counts any more, and what came of
    // the message before it says nothing about this one.
    delivery.state = DeliveryState::Pending;
    delivery.tries = 0;
    (delivery.not_after, delivery.only_in_epoch) = (None, None);
    (delivery.reason, delivery.code, delivery.external_id) = (None, None, None);
    (delivery.retried_at, delivery.updated_at) = (Some(ctx.now), ctx.now);

    if lane.waiting.len() == 1 {
        put_due(tx, ctx, &mut delivery, ctx.now, lane.seq)?;
    }
    tx.put(lane_key, &lane)?;
    tx.put(Delivery::key(ctx.tenant, &delivery.id), &delivery)?;

    if let Some(item) = &delivery.item {
        let data = json!({"delivery": delivery.id, "state": "pending"});
        let text = format!("message to {} is sent again", delivery.to);
        note(tx, ctx, item, "delivery", text, data)?;
    }
    Ok(())
}
