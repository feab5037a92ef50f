//! Takes in what a provider says became of one of our messages.

use serde_json::Value;

use super::deliver::{advance, end, short};
use crate::context::OpContext;
use crate::limits::{EARLY_STATUSES_MAX, ID_CHARS_MAX};
use crate::model::conversation::{EarlyStatus, External};
use crate::model::delivery::{Delivery, DeliveryState};
use crate::refusal::Refusal;
use crate::tx::{Halt, Tx};

/// The statuses that are known; others are left.
const WORDS: [&str; 4] = ["sent", "delivered", "read", "failed"];

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
            return Err(Refusal::invalid(
                "channel.bad-event",
                "external_id",
                "a status needs the message's external_id",
            ));
        }

        Ok(Self {
            external_id,
            delivery: some("delivery"),
            status: text("status"),
            reason: some("reason").as_deref().map(short),
        })
    }
}

/// Applies a status. One that comes before the provider's answer to our request is kept until that;
/// one that comes late does not undo what is known already; one for a parked `unknown` settles it.
///
/// # Errors
/// What reading may say.
pub fn decide(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    channel: &str,
    update: &StatusUpdate,
) -> Result<Option<DeliveryState>, Halt> {
    if !WORDS.contains(&update.status.as_str()) {
        return Ok(None);
    }

    let key = External::key(ctx.tenant, channel, "out", &update.external_id);
    let mut known = tx
        .get::<External>(&key)?
        .map_or(External { at: ctx.now, ..External::default() }, |(known, _)| known);

    // A status may come before the answer that brings the provider's id. The bound is there because
    // a provider may repeat itself without end.
    let Some(id) = known.delivery.clone().or_else(|| update.delivery.clone()) else {
        if known.early.len() < EARLY_STATUSES_MAX {
            known.early.push(early(update));
            tx.put(key, &known)?;
        }
        return Ok(None);
    };

    // The id comes from outside: a webhook of one channel is not believed about deliveries of
    // another.
    let delivery_key = Delivery::key(ctx.tenant, &id);
    let Some((mut delivery, _)) =
        tx.get::<Delivery>(&delivery_key)?.filter(|(delivery, _)| delivery.channel == channel)
    else {
        return Ok(None);
    };

    if known.delivery.is_none() {
        known.delivery = Some(id);
        tx.put(key, &known)?;
    }

    if delivery.state == DeliveryState::Sending {
        // Part of it may still be on its way, and those that wait behind it must not overtake that.
        if delivery.early.len() < EARLY_STATUSES_MAX {
            delivery.early.push(early(update));
            tx.put(delivery_key, &delivery)?;
        }
        return Ok(Some(DeliveryState::Sending));
    }

    let is_old = delivery.retried_at.is_some_and(|retried_at| known.at < retried_at);
    if update.status == "failed" && (is_old || delivery.state == DeliveryState::Pending) {
        // An earlier try failed, and another one has been made or will be.
        return Ok(Some(delivery.state));
    }

    let Some((state, code, reason)) =
        advance(delivery.state, &update.status, update.reason.as_deref())
    else {
        return Ok(Some(delivery.state));
    };

    delivery.external_id.get_or_insert_with(|| update.external_id.clone());
    end(tx, ctx, delivery, state, &code, &reason).map(Some)
}

fn early(update: &StatusUpdate) -> EarlyStatus {
    EarlyStatus {
        external_id: update.external_id.clone(),
        status: update.status.clone(),
        reason: update.reason.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_status_says_what_it_says_in_its_body() {
        let body = json!({"status": "failed", "reason": "no such number", "delivery": "d1"});
        let update = StatusUpdate::parse(
            &json!({"kind": "message-status", "external_id": "x1", "body": body}),
        )
        .unwrap();

        assert_eq!(
            (update.status.as_str(), update.reason.as_deref()),
            ("failed", Some("no such number"))
        );
        assert_eq!(update.delivery.as_deref(), Some("d1"));
    }
}
