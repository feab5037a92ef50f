//! The gateway that speaks signed JSON: takes what the channel of that name posts.

use serde_json::{Value, json};

use stagewright_core::outside::Reply;

use super::record::Received;
use super::reply::{json as answered, plain};
use super::state::Shared;

/// Takes a message. The same key again is the same message again, and has the same answer.
pub(super) fn answer(shared: &Shared, request: &Received) -> Reply {
    if request.method != "POST" {
        return plain(405, "post a message");
    }
    if request.header("Authorization") != Some(&format!("Bearer {}", shared.options.json_token)) {
        return plain(401, "the token is not known");
    }

    match message(request) {
        Ok(id) => answered(200, &json!({ "external_id": format!("gw-{id}") })),
        Err(reason) => plain(422, &reason),
    }
}

/// The id of a message that has everything it needs.
fn message(request: &Received) -> Result<String, String> {
    let message: Value = serde_json::from_slice(&request.body)
        .map_err(|cause| format!("the body is not JSON: {cause}"))?;
    let text = |key: &str| match message.get(key) {
        Some(Value::String(text)) => Ok(text.as_str()),
        _ => Err(format!("`{key}` is not a text")),
    };
    let (id, to, words) = (text("id")?, text("to")?, text("text")?);

    if id.is_empty() || to.is_empty() {
        return Err("`id` and `to` must not be empty".into());
    }
    if words.is_empty() && message.get("template").is_none() {
        return Err("there is neither a text nor a template".into());
    }
    if request.header("Idempotency-Key") != Some(id) {
        return Err("the header Idempotency-Key is not the message's id".into());
    }

    Ok(id.to_owned())
}
