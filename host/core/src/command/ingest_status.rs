//! Takes in what a provider says became of one of our messages.

use serde_json::Value;

use super::deliver::{end, short};
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

/// Where a status moves a delivery, with code and reason; nothing where it stays. Forward only, so
/// that statuses may come in any order: whatever the order, a message that was delivered has not
/// failed, and one that failed was not merely sent.
pub(super) fn advance(
    state: DeliveryState,
    status: &str,
    reason: Option<&str>,
) -> Option<(DeliveryState, String, String)> {
    let next = match status {
        "sent" => DeliveryState::Sent,
        "delivered" => DeliveryState::Delivered,
        "read" => DeliveryState::Read,
        "failed" => DeliveryState::Failed,
        _ => return None,
    };

    let moves = match next {
        // Given up is given up, whatever else went wrong.
        DeliveryState::Failed => matches!(state, DeliveryState::Sent | DeliveryState::Unknown),
        forward => forward.progress() > state.progress(),
    };

    moves.then(|| match next {
        DeliveryState::Failed => (
            next,
            "delivery.refused".to_owned(),
            reason.unwrap_or("the provider says that it failed").to_owned(),
        ),
        _ => (next, String::new(), String::new()),
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;

    /// Where these statuses, one after the other, lead from a state.
    fn after(state: DeliveryState, statuses: &[&str]) -> DeliveryState {
        statuses.iter().fold(state, |state, status| {
            advance(state, status, None).map_or(state, |moved| moved.0)
        })
    }

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

    #[test]
    fn statuses_lead_to_the_same_state_in_any_order() {
        let words = ["sent", "delivered", "read", "failed"];
        let mut by_set: BTreeMap<Vec<&str>, DeliveryState> = BTreeMap::new();

        // Every sequence of four, repetitions included: what matters is which words were heard.
        for number in 0..256_usize {
            let told: Vec<&str> = (0..4).map(|place| words[(number >> (2 * place)) % 4]).collect();
            let mut set = told.clone();
            set.sort_unstable();
            set.dedup();
            let state = after(DeliveryState::Sent, &told);
            assert_eq!(*by_set.entry(set).or_insert(state), state, "{told:?}");
        }

        assert_eq!(by_set.len(), 15);
        assert_eq!(after(DeliveryState::Sent, &["failed", "sent"]), DeliveryState::Failed);
        assert_eq!(after(DeliveryState::Sent, &["failed", "delivered"]), DeliveryState::Delivered);
    }

    #[test]
    fn a_status_settles_an_unknown_delivery() {
        assert_eq!(after(DeliveryState::Unknown, &["delivered"]), DeliveryState::Delivered);
        assert_eq!(after(DeliveryState::Unknown, &["failed"]), DeliveryState::Failed);
    }

    #[test]
    fn a_message_that_arrived_was_neither_dropped_nor_dead() {
        for given_up in [DeliveryState::Dropped, DeliveryState::Dead] {
            assert_eq!(after(given_up, &["failed"]), given_up);
            assert_eq!(after(given_up, &["delivered"]), DeliveryState::Delivered);
        }
    }

    #[test]
    fn a_word_that_is_not_known_moves_nothing() {
        assert_eq!(advance(DeliveryState::Sent, "warning", None), None);
    }
}
