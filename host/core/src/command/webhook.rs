//! Incoming webhooks: setting them up, and taking in what comes.

use serde_json::{Value, json};

use super::fire_event::Fired;
use super::put_pipeline::{check_id, check_name};
use super::{Draft, emit, records};
use crate::context::OpContext;
use crate::limits::EVENT_PAYLOAD_BYTES_MAX;
use crate::model::record::{Lane, RecordRef};
use crate::model::webhook::Webhook;
use crate::refusal::{Refusal, RefusalKind};
use crate::schema;
use crate::tx::{Halt, Tx};

/// Makes a webhook, or gives one that is there another name and key. `hash` is the key's. Gives it and whether it is new.
///
/// # Errors
/// `webhook.invalid`.
pub fn put(tx: &mut Tx<'_>, ctx: &OpContext, code: &str, name: &str, hash: &str) -> Result<(Webhook, bool), Halt> {
    check_id("webhook.invalid", "code", code)?;
    check_name("webhook.invalid", "name", name)?;
    let key = Webhook::key(ctx.tenant, code);
    let created_at = tx.get::<Webhook>(&key)?.map(|(before, _)| before.created_at);
    let (code, name, hash) = (code.to_owned(), name.to_owned(), hash.to_owned());
    let webhook = Webhook { code, name, hash, created_at: created_at.unwrap_or(ctx.now), key_at: ctx.now };
    tx.put(key, &webhook)?;
    Ok((webhook, created_at.is_none()))
}

/// Deletes a webhook: what comes to its address from now on is refused.
///
/// # Errors
/// `not-found`.
pub fn delete(tx: &mut Tx<'_>, ctx: &OpContext, code: &str) -> Result<(), Halt> {
    let key = Webhook::key(ctx.tenant, code);
    tx.require::<Webhook>(&key)?;
    tx.delete(key);
    Ok(())
}

/// Takes in what came to a webhook's address: the event `webhook.received` happened to `item`. `opens` compares the hash that is kept
/// with that of the key that was shown, in a time that tells nothing. Whatever is not there, webhook, key or item, looks alike.
///
/// # Errors
/// `not-found`, `request.too-large`.
pub fn receive(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    (code, item): (&str, &RecordRef),
    opens: impl FnOnce(&str) -> bool,
    (query, body): (&Value, &Value),
) -> Result<Fired, Halt> {
    let unknown = || Halt::from(Refusal::not_found("webhook"));
    tx.want(&[Webhook::key(ctx.tenant, code), item.key(ctx.tenant), item.lane_key(ctx.tenant)])?;
    let (webhook, _) = tx.get::<Webhook>(&Webhook::key(ctx.tenant, code))?.ok_or_else(unknown)?;
    if !opens(&webhook.hash) || !schema::is_item(&item.kind) {
        return Err(unknown());
    }
    records::live(tx, ctx, item).map_err(|halt| match halt {
        Halt::Refused(_) => unknown(),
        other => other,
    })?;
    let payload = json!({"code": code, "query": query, "body": body});
    if payload.to_string().len() > 2 * EVENT_PAYLOAD_BYTES_MAX {
        let message = format!("query and body make more than {} bytes of JSON; send less", 2 * EVENT_PAYLOAD_BYTES_MAX);
        return Err(Refusal::new(RefusalKind::TooLarge, "request.too-large", message).into());
    }
    let draft = Draft { kind: "webhook.received", subject: item.clone(), occurred_at: None, payload };
    let event = emit(tx, ctx, draft, std::slice::from_ref(item))?;
    let lane = tx.get::<Lane>(&item.lane_key(ctx.tenant))?.map(|(lane, _)| lane).unwrap_or_default();
    Ok(Fired { event, seq: lane.seq })
}
