//! Incoming webhooks: setting them up, and taking in what comes.

use serde_json::{Value, json};

use super::fire_event::Fired;
use super::put_pipeline::{check_id, check_name};
use super::records::check_version;
use super::{Draft, dispatch, emit, fetch, records, setting_links};
use crate::context::OpContext;
use crate::key::{Key, Table};
use crate::limits::{EVENT_PAYLOAD_BYTES_MAX, PIPELINES_READ_MAX};
use crate::model::automation::Bindings;
use crate::model::plugin::{Plugin, SettingKind};
use crate::model::record::{Lane, RecordRef};
use crate::model::webhook::Webhook;
use crate::read::Range;
use crate::refusal::{Refusal, RefusalKind};
use crate::schema;
use crate::tx::{Halt, Tx, together};

/// Makes a webhook, or gives one that is there another name and key. `hash` is the key's. Gives it
/// and its version.
///
/// # Errors
/// `webhook.invalid`, `record.stale`.
pub fn put(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    code: &str,
    (name, hash): (&str, &str),
    expected: Option<u64>,
) -> Result<(Webhook, u64), Halt> {
    check_id("webhook.invalid", "code", code)?;
    check_name("webhook.invalid", "name", name)?;

    let key = Webhook::key(ctx.tenant, code);
    let before = tx.get::<Webhook>(&key)?;
    check_version(expected, before.as_ref().map_or(0, |(_, version)| *version))?;

    let created_at = before.map_or(ctx.now, |(before, _)| before.created_at);
    let (code, name, hash) = (code.to_owned(), name.to_owned(), hash.to_owned());
    let webhook = Webhook { code, name, hash, created_at, key_at: ctx.now };

    let version = tx.put(key, &webhook)?;
    Ok((webhook, version))
}

/// Deletes a webhook: what comes to its address from now on is refused. One that a published
/// trigger waits for stays.
///
/// # Errors
/// `not-found`, `webhook.in-use`, `record.stale`.
pub fn delete(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    code: &str,
    expected: Option<u64>,
) -> Result<(), Halt> {
    let key = Webhook::key(ctx.tenant, code);
    let (_, version) = tx.require::<Webhook>(&key)?;
    check_version(expected, version)?;

    let users = users(tx, ctx, code)?;
    if !users.is_empty() {
        let message = format!(
            "published triggers wait for this webhook: {}; publish their automations without them \
             first, or lock its callers out with \
             another key, which PUT /v1/webhooks/{code} makes",
            users.join(", ")
        );
        return Err(Refusal::conflict("webhook.in-use", message).into());
    }

    tx.delete(key);
    Ok(())
}

/// The published triggers that wait for a webhook, as `automation/trigger`.
fn users(tx: &mut Tx<'_>, ctx: &OpContext, code: &str) -> Result<Vec<String>, Halt> {
    let pipelines = tx.range::<Bindings>(&Range::first(
        Key::new(ctx.tenant, Table::Bindings, &[]),
        PIPELINES_READ_MAX,
    ))?;
    let found = together(
        pipelines
            .iter()
            .map(|(_, bindings)| dispatch::listening(tx, ctx, bindings, "webhook.received")),
    )?;

    // Where many triggers listen, their plugins are read in one round and not in one round each.
    let listening: Vec<_> = found.into_iter().flatten().collect();
    fetch::of_triggers(tx, ctx, listening.iter().map(|one| &*one.spec))?;

    let mut users = Vec::new();
    for one in &listening {
        let spec = &one.spec;
        let plugin = tx.peek_shared::<Plugin>(&Plugin::key(&spec.plugin))?;
        let info = plugin.as_ref().and_then(|(plugin, _)| plugin.trigger(&spec.trigger));

        if info.is_some_and(|info| {
            setting_links::names(&info.settings, &spec.settings, SettingKind::Webhook, code)
        }) {
            users.push(format!("{}/{}", one.binding.automation, spec.id));
        }
    }

    Ok(users)
}

/// Takes in what came to a webhook's address: the event `webhook.received` happened to `item`.
/// `opens` compares the hash that is kept with that of the key that was shown, in a time that tells
/// nothing. Whatever is not there, webhook, key or item, looks alike.
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
        let message = format!(
            "query and body make more than {} bytes of JSON; send less",
            2 * EVENT_PAYLOAD_BYTES_MAX
        );
        return Err(Refusal::new(RefusalKind::TooLarge, "request.too-large", message).into());
    }

    let draft =
        Draft { kind: "webhook.received", subject: item.clone(), occurred_at: None, payload };
    let event = emit(tx, ctx, draft, std::slice::from_ref(item))?;

    let lane = tx.get_or_default::<Lane>(&item.lane_key(ctx.tenant))?;
    Ok(Fired { event, seq: lane.seq })
}
