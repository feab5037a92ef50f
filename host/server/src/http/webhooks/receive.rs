//! `POST /webhooks/{tenant}/{code}/{key}/{kind}/{id}`

use std::collections::BTreeMap;

use axum::extract::State;
use serde_json::{Value, json};

use stagewright_core::command::webhook;
use stagewright_core::id::TenantId;
use stagewright_core::limits::EVENT_PAYLOAD_BYTES_MAX;
use stagewright_core::model::record::RecordRef;
use stagewright_core::model::webhook::Webhook;
use stagewright_core::refusal::Refusal;

use crate::http::answer::{Answer, OK};
use crate::http::body::Raw;
use crate::http::context::Unnamed;
use crate::http::events::answer_event;
use crate::http::params::{Asked, Ids};
use crate::http::state::App;
use crate::service::opens;

/// Takes in what another program says of an item, and answers whether it was moved, and where to.
/// The body is kept as JSON where it is JSON, else as text. Whatever is not there, tenant, webhook,
/// key or item, answers the same 404.
pub(in crate::http) async fn receive(
    State(app): App,
    call: Unnamed,
    Ids((tenant, code, key, kind, id)): Ids<(String, String, String, String, String)>,
    Asked(query): Asked<BTreeMap<String, String>>,
    Raw(raw): Raw<EVENT_PAYLOAD_BYTES_MAX>,
) -> Answer {
    let unknown = || Refusal::not_found("webhook");
    let tenant = TenantId::try_from(tenant).map_err(|_no_id| unknown())?;

    // Before anything else: an answer that is repeated from a receipt is for those alone who may
    // still come in.
    let known = app.service.find::<Webhook>(&Webhook::key(tenant, &code)).await?;
    known.filter(|(webhook, _)| opens(&webhook.hash, &key)).ok_or_else(unknown)?;

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
    answer_event(&app, tenant, &item, &fired, &["decisions", "runs"]).await
}

/// What a body says.
fn said(raw: &[u8]) -> Value {
    if raw.is_empty() {
        return Value::Null;
    }
    serde_json::from_slice(raw).unwrap_or_else(|_no_json| json!(String::from_utf8_lossy(raw)))
}
