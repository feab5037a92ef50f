//! A client says that something happened to an item.

use serde_json::Value;

use super::{Draft, emit, records};
use crate::context::OpContext;
use crate::limits::{EVENT_PAYLOAD_BYTES_MAX, NAME_CHARS_MAX};
use crate::model::record::{Lane, RecordRef};
use crate::refusal::Refusal;
use crate::schema;
use crate::time::Timestamp;
use crate::tx::{Halt, Tx};

/// An event that was fired.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fired {
    /// Its id.
    pub event: String,
    /// Its number in the item's lane: once the lane has dispatched it, its decisions are there.
    pub seq: u64,
}

/// Fires an event of kind `custom.<name>` on an item. The host's own kinds cannot be fired from
/// outside.
///
/// # Errors
/// `event.bad-kind`, `event.payload-too-large`, `record.not-an-item`, `not-found`.
pub fn decide(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    kind: &str,
    item: &RecordRef,
    occurred_at: Option<Timestamp>,
    payload: Value,
) -> Result<Fired, Halt> {
    let name = kind.strip_prefix("custom.").unwrap_or("");
    let plain =
        |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '_' | '-');
    if name.is_empty() || kind.len() > NAME_CHARS_MAX || !name.chars().all(plain) {
        let message = "an event fired from outside has a kind such as custom.invoice-paid";
        return Err(Refusal::invalid("event.bad-kind", "kind", message).into());
    }

    if payload.to_string().len() > EVENT_PAYLOAD_BYTES_MAX {
        let message = format!(
            "an event carries at most {EVENT_PAYLOAD_BYTES_MAX} bytes of JSON; send a reference \
             to the rest"
        );
        return Err(Refusal::invalid("event.payload-too-large", "payload", message).into());
    }

    if !schema::is_item(&item.kind) {
        return Err(Refusal::invalid(
            "record.not-an-item",
            "record",
            "fire events on leads, deals and items of own kinds",
        )
        .into());
    }

    records::live(tx, ctx, item)?;
    let draft = Draft { kind, subject: item.clone(), occurred_at, payload };
    let event = emit(tx, ctx, draft, std::slice::from_ref(item))?;

    // Read after the event, which has taken its number there.
    let lane = tx.get_or_default::<Lane>(&item.lane_key(ctx.tenant))?;
    Ok(Fired { event, seq: lane.seq })
}
