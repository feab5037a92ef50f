//! Deliveries: where outgoing messages stand, and what a person decides about one that is stuck.

mod confirm;
mod discard;
mod list;
mod retry;

use serde_json::{Value, json};

use stagewright_core::command::settle_delivery::{Choice, decide};
use stagewright_core::model::delivery::Delivery;

use super::answer::{Answer, OK, json};
use super::context::Call;
use super::state::HttpState;

pub(super) use confirm::confirm_delivery;
pub(super) use discard::discard_delivery;
pub(super) use list::list_deliveries;
pub(super) use retry::retry_delivery;

/// A delivery as clients see it, without what only keeps its order.
pub(super) fn delivery_view(delivery: &Delivery) -> Value {
    let mut view = json!(delivery);
    if let Some(map) = view.as_object_mut() {
        map.retain(|name, _| !matches!(name.as_str(), "due_row" | "lane" | "only_in_epoch"));
        map.insert(
            "step".into(),
            json!(delivery.step.as_ref().map(|(run, step)| json!({ "run": run, "step": step }))),
        );
    }
    view
}

/// Carries out what a person decided.
async fn settle(app: &HttpState, call: &Call, id: &str, body: &[u8], choice: Choice) -> Answer {
    let answer = call.carry_out(app, body, call.wishes(None, None)?, |tx, ctx| {
        Ok((OK, delivery_view(&decide(tx, ctx, id, choice)?)))
    });
    Ok(json(answer.await?))
}
