//! `/v1/webhooks`: incoming webhooks, addresses at which other programs say that something happened
//! to an item; and `/webhooks`, where they say it.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::HeaderMap;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use stagewright_core::command::webhook;
use stagewright_core::id::TenantId;
use stagewright_core::limits::EVENT_PAYLOAD_BYTES_MAX;
use stagewright_core::model::record::RecordRef;
use stagewright_core::model::webhook::Webhook;
use stagewright_core::refusal::Refusal;
use stagewright_core::time::Timestamp;

use super::answer::{Answer, Json, NoContent, OK, Versioned, expected};
use super::auth::Caller;
use super::body::{Body, Raw};
use super::context::{Call, Unnamed};
use super::events::{EventView, Told, answer_event};
use super::page::{Items, PageQuery};
use super::params::{Asked, Ids};
use super::state::{App, HttpState};
use crate::service::{MadeWebhook, opens};

/// A webhook as clients write it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WebhookBody {
    /// Name for people.
    name: String,
}

/// A webhook as clients see it: without its key and without the key's hash.
#[derive(Debug, Serialize)]
pub(super) struct WebhookView {
    code: String,
    name: String,
    created_at: Timestamp,
    key_at: Timestamp,
    version: u64,
}

/// A webhook as whoever made it sees it, once: with its key.
#[derive(Debug, Serialize)]
pub(super) struct MadeWebhookView {
    #[serde(flatten)]
    webhook: WebhookView,
    key: String,
    /// Where to send; `{kind}` and `{id}` stand for the item.
    url: String,
}

impl WebhookView {
    fn of(webhook: Webhook, version: u64) -> Self {
        let Webhook { code, name, hash: _, created_at, key_at } = webhook;
        Self { code, name, created_at, key_at, version }
    }
}

impl MadeWebhookView {
    fn of(app: &HttpState, tenant: TenantId, made: MadeWebhook) -> Self {
        let MadeWebhook { webhook, key, version } = made;
        let url = format!(
            "{}/webhooks/{tenant}/{}/{key}/{{kind}}/{{id}}",
            app.service.public_url, webhook.code
        );
        Self { webhook: WebhookView::of(webhook, version), key, url }
    }
}

/// `GET /v1/webhooks`: lists webhooks by code. No key is among them.
pub(super) async fn list_webhooks(
    State(app): App,
    caller: Caller,
    Asked(asked): Asked<PageQuery>,
) -> Answer<Items<WebhookView>> {
    let found = app.service.webhooks(caller.tenant(), &asked.page()?).await?;

    let views =
        found.rows.into_iter().map(|(_, webhook, version)| WebhookView::of(webhook, version));
    Ok(Items::new(views, found.next))
}

/// `PUT /v1/webhooks/{code}`: makes a webhook, or gives one that is there another key; the one
/// before opens nothing any more. The key is shown this once and kept nowhere. With `If-Match` only
/// where the webhook is still at that version.
pub(super) async fn put_webhook(
    State(app): App,
    call: Call,
    Ids(code): Ids<String>,
    headers: HeaderMap,
    Body { value, .. }: Body<WebhookBody>,
) -> Answer<Versioned<MadeWebhookView>> {
    let tenant = call.caller.tenant();
    let command = call.begin(&app, tenant, call.wishes(None, None)?)?;
    let made = app.service.put_webhook(&command, &code, &value.name, expected(&headers)?).await?;

    let version = made.version;
    Ok(Json::put(&MadeWebhookView::of(&app, tenant, made), version).versioned())
}

/// `DELETE /v1/webhooks/{code}`: deletes a webhook; what comes to its address from now on is
/// refused. With `If-Match` only where it is still at that version.
pub(super) async fn delete_webhook(
    State(app): App,
    call: Call,
    Ids(code): Ids<String>,
    headers: HeaderMap,
) -> Answer<NoContent> {
    let expected = expected(&headers)?;
    let command = call.begin(&app, call.caller.tenant(), call.wishes(None, None)?)?;
    app.service.execute(&command, |tx, ctx| webhook::delete(tx, ctx, &code, expected)).await?;
    Ok(NoContent)
}

/// `POST /webhooks/{tenant}/{code}/{key}/{kind}/{id}`: takes in what another program says of an
/// item, and answers whether it was moved, and where to. The body is kept as JSON where it is JSON,
/// else as text. Whatever is not there, tenant, webhook, key or item, answers the same 404.
pub(super) async fn receive(
    State(app): App,
    call: Unnamed,
    Ids((tenant, code, key, kind, id)): Ids<(String, String, String, String, String)>,
    Asked(query): Asked<BTreeMap<String, String>>,
    Raw(raw): Raw<EVENT_PAYLOAD_BYTES_MAX>,
) -> Answer<Json<EventView>> {
    let tenant = TenantId::try_from(tenant).map_err(|_no_id| Refusal::not_found("webhook"))?;

    // Before anything else: an answer that is repeated from a receipt is for those alone who may
    // still come in.
    app.service.open_webhook(tenant, &code, &key).await?;

    let (item, query, body) = (RecordRef::new(&kind, &id), json!(query), said(&raw));
    let sender = format!("webhook {code}");
    let decision = call.carry_out(&app, tenant, &sender, &raw, |tx, ctx| {
        // Asked again in the decision: another key may have been made since.
        let fired =
            webhook::receive(tx, ctx, (&code, &item), |hash| opens(hash, &key), (&query, &body))?;
        Ok((OK, json!({ "event": fired.event, "seq": fired.seq })))
    });

    let (_, fired) = decision.await?;
    // Why a trigger did not fire is said with values of the item, and who calls here has no token
    // to read it.
    answer_event(&app, tenant, &item, &fired, Told::Move).await
}

/// What a body says.
fn said(raw: &[u8]) -> Value {
    if raw.is_empty() {
        return Value::Null;
    }
    serde_json::from_slice(raw).unwrap_or_else(|_no_json| json!(String::from_utf8_lossy(raw)))
}
