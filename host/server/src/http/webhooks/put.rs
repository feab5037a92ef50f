//! `PUT /v1/webhooks/{code}`

use axum::extract::State;
use axum::http::HeaderMap;
use serde::Deserialize;
use serde_json::json;

use super::webhook_view;
use crate::http::answer::{Answer, expected, put, versioned};
use crate::http::body::Body;
use crate::http::context::Call;
use crate::http::params::Ids;
use crate::http::state::App;

/// A webhook to be.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct WebhookBody {
    name: String,
}

/// Makes a webhook, or gives one that is there another key; the one before opens nothing any more.
/// The key is shown this once and kept nowhere. With `If-Match` only where the webhook is still at
/// that version.
pub(in crate::http) async fn put_webhook(
    State(app): App,
    call: Call,
    Ids(code): Ids<String>,
    headers: HeaderMap,
    Body { value, .. }: Body<WebhookBody>,
) -> Answer {
    let tenant = call.caller.tenant();
    let command = call.begin(&app, tenant, call.wishes(None, None)?)?;
    let made = app.service.put_webhook(&command, &code, &value.name, expected(&headers)?).await?;

    let mut view = webhook_view(&made.webhook, made.version);
    if let Some(map) = view.as_object_mut() {
        let url = format!(
            "{}/webhooks/{tenant}/{code}/{}/{{kind}}/{{id}}",
            app.service.public_url, made.key
        );
        map.insert("key".into(), json!(made.key));
        map.insert("url".into(), json!(url));
    }

    Ok(versioned(put(view, made.version)))
}
