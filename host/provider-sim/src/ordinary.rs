//! A server like any other: what a robot asks when it asks a server outside. It answers with what
//! it was asked.

use serde_json::{Value, json};

use stagewright_core::outside::Reply;

use super::record::Received;
use super::reply::json as answered;
use super::state::Shared;

/// Says what came: method, path, body, and how often a request with this `Idempotency-Key` has
/// come, this one included.
pub(super) fn answer(shared: &Shared, request: &Received) -> Reply {
    let key = request.header("Idempotency-Key");
    let all = shared.lock().record.all();
    let times =
        all.iter().filter(|other| key.is_some() && other.header("Idempotency-Key") == key).count();
    let text = || Value::String(String::from_utf8_lossy(&request.body).into_owned());
    let body = serde_json::from_slice(&request.body).unwrap_or_else(|_not_json| text());
    let path = request.target.strip_prefix("/server").unwrap_or(&request.target);
    answered(200, &json!({ "method": request.method, "path": path, "body": body, "times": times }))
}
