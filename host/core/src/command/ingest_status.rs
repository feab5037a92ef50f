//! Takes in what a provider says became of one of our messages.

use serde_json::{Value, json};

use super::deliver::end;
use super::note;
use crate::context::OpContext;
use crate::limits::ID_CHARS_MAX;
use crate::model::conversation::{EarlyStatus, External};
use crate::model::delivery::{Delivery, DeliveryState};
use crate::refusal::Refusal;
use crate::tx::{Halt, Tx};

/// A status as a channel gives it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StatusUpdate {
    /// The provider's id of our message.
    pub external_id: String,
    /// Our own id of it, where the provider gives that back.
    pub delivery: Option<String>,
    /// `sent`, `delivered`, `read` or `failed`.
    pub status: String,
    /// Why, for `failed`.
    pub reason: Option<String>,
}

impl StatusUpdate {
    /// Reads one event of kind `message-status` as a channel gives it.
    ///
    /// # Errors
    /// `channel.bad-event`, naming the key.
    pub fn parse(value: &Value) -> Result<Self, Refusal> {
        let text = |key: &str| {
            let found = value.get("body").and_then(|body| body.get(key)).or_else(|| value.get(key));
            found.and_then(Value::as_str).unwrap_or("").trim().to_owned()
        };
        let some = |key: &str| Some(text(key)).filter(|text| !text.is_empty());
        let external_id = text("external_id");
        if external_id.is_empty() || external_id.chars().count() > ID_CHARS_MAX * 4 {
            return Err(Refusal::invalid("channel.bad-event", "external_id", "a status needs the message's external_id"));
        }
        Ok(Self { external_id, delivery: some("delivery"), status: text("status"), reason: some("reason") })
    }
}

/// Applies a status. One that comes before the provider's answer to our request is kept until that; one that comes late does not
/// undo what is known already; one for a parked `unknown` settles it.
///
/// # Errors
/// What reading may say.
pub fn decide(tx: &mut Tx<'_>, ctx: &OpContext, channel: &str, update: &StatusUpdate) -> Result<Option<DeliveryState>, Halt> {
    let key = External::key(ctx.tenant, channel, "out", &update.external_id);
    let mut known = tx.get::<External>(&key)?.map_or(External { at: ctx.now, ..External::default() }, |(known, _)| known);
    let Some(id) = known.delivery.clone().or_else(|| update.delivery.clone()) else {
        if known.early.len() < 20 {
            known.early.push(EarlyStatus { status: update.status.clone(), reason: update.reason.clone() });
            tx.put(key, &known)?;
        }
        return Ok(None);
    };
    let delivery_key = Delivery::key(ctx.tenant, &id);
    let Some((mut delivery, _)) = tx.get::<Delivery>(&delivery_key)?.filter(|(delivery, _)| delivery.channel == channel) else {
        return Ok(None);
    };
    if known.delivery.is_none() {
        known.delivery = Some(id);
        tx.put(key, &known)?;
        delivery.external_id = Some(update.external_id.clone());
    }
    let (state, reason) = advance(delivery.state, &update.status, update.reason.as_deref());
    if state == delivery.state {
        tx.put(delivery_key, &delivery)?;
        return Ok(Some(state));
    }
    if !delivery.state.is_ended() || delivery.state == DeliveryState::Unknown || state == DeliveryState::Failed {
        let code = if state == DeliveryState::Failed { "delivery.refused" } else { "" };
        return end(tx, ctx, delivery, state, code, reason).map(Some);
    }
    delivery.state = state;
    delivery.updated_at = ctx.now;
    tx.put(delivery_key, &delivery)?;
    if let Some(item) = &delivery.item {
        let word = json!(state).as_str().unwrap_or("").to_owned();
        let data = json!({"delivery": delivery.id, "state": word});
        note(tx, ctx, item, "delivery", format!("message to {} {word}", delivery.to), data)?;
    }
    Ok(Some(state))
}

/// Where a delivery stands after a status, and why where that wants a reason.
pub(super) fn advance(state: DeliveryState, status: &str, reason: Option<&str>) -> (DeliveryState, String) {
    let next = match status {
        "sent" => DeliveryState::Sent,
        "delivered" => DeliveryState::Delivered,
        "read" => DeliveryState::Read,
        "failed" if !matches!(state, DeliveryState::Delivered | DeliveryState::Read) => {
            return (DeliveryState::Failed, reason.unwrap_or("the provider says that it failed").to_owned());
        }
        _ => return (state, String::new()),
    };
    // `progress` is nothing for states that a status settles, such as unknown; those take any status. A final no stays one.
    let forward = match (state.progress(), next.progress()) {
        (Some(now), Some(next)) => next > now,
        _ => !matches!(state, DeliveryState::Failed | DeliveryState::Dropped),
    };
    if forward { (next, String::new()) } else { (state, String::new()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_late_status_does_not_undo_what_is_known() {
        assert_eq!(advance(DeliveryState::Read, "sent", None).0, DeliveryState::Read);
        assert_eq!(advance(DeliveryState::Sent, "read", None).0, DeliveryState::Read);
        assert_eq!(advance(DeliveryState::Read, "failed", None).0, DeliveryState::Read);
    }

    #[test]
    fn a_status_says_what_it_says_in_its_body() {
        let body = json!({"status": "failed", "reason": "no such number", "delivery": "d1"});
        let update = StatusUpdate::parse(&json!({"kind": "message-status", "external_id": "x1", "body": body})).unwrap();
        assert_eq!((update.status.as_str(), update.reason.as_deref()), ("failed", Some("no such number")));
        assert_eq!(update.delivery.as_deref(), Some("d1"));
    }

    #[test]
    fn a_status_settles_an_unknown_delivery() {
        assert_eq!(advance(DeliveryState::Unknown, "delivered", None).0, DeliveryState::Delivered);
        assert_eq!(advance(DeliveryState::Unknown, "failed", Some("no")).0, DeliveryState::Failed);
    }
}
