//! Where a status that the provider tells of moves a delivery.

use crate::model::delivery::DeliveryState;

/// Where a status moves a delivery, with code and reason; nothing where it stays. Forward only, so
/// that statuses may come in any order: whatever the order, a message that was delivered has not
/// failed, and one that failed was not merely sent.
pub(in crate::command) fn advance(
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

    use super::*;

    /// Where these statuses, one after the other, lead from a state.
    fn after(state: DeliveryState, statuses: &[&str]) -> DeliveryState {
        statuses.iter().fold(state, |state, status| {
            advance(state, status, None).map_or(state, |moved| moved.0)
        })
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
