//! What the channel posts to the gateway, and what the answers mean.

use serde::Deserialize;

use stagewright_sdk::prelude::*;

/// The secret that the gateway knows the tenant by.
pub(crate) const SECRET: &str = "api_token";

#[derive(Deserialize)]
struct Accepted {
    external_id: String,
}

/// The message as one request. The key lets the gateway drop a repetition.
pub(crate) fn request(url: &str, job: &Job) -> Request {
    let message = match &job.template {
        Some(template) => {
            json!({ "id": job.id, "to": job.to, "text": job.text, "template": template })
        }
        None => json!({ "id": job.id, "to": job.to, "text": job.text }),
    };

    Request::post(url, &message)
        .header("Authorization", format!("Bearer {{{{secret:{SECRET}}}}}"))
        .header("Idempotency-Key", job.id.as_str())
}

/// Only an answer that says so counts as sent; an answer that may hide a sent message counts as
/// unknown.
pub(crate) fn verdict(response: &Response) -> Delivery {
    match response.status {
        200..=299 => accepted(&response.body),
        status @ (429 | 503) => {
            Delivery::Retry(retry_after(response), format!("the gateway answered {status}"))
        }
        status @ 400..=499 => {
            Delivery::Failed(format!("the gateway answered {status}{}", said(&response.body)))
        }
        status => Delivery::Unknown(format!("the gateway answered {status}")),
    }
}

fn accepted(body: &[u8]) -> Delivery {
    match serde_json::from_slice::<Accepted>(body) {
        Ok(accepted) => Delivery::Sent(accepted.external_id),
        Err(cause) => {
            Delivery::Unknown(format!("the gateway's answer is not {{\"external_id\"}}: {cause}"))
        }
    }
}

/// Seconds only; a date is left to the host's own back-off.
fn retry_after(response: &Response) -> Option<u64> {
    response.header("Retry-After")?.trim().parse().ok()
}

/// The start of the gateway's own words, for the admin.
fn said(body: &[u8]) -> String {
    let text: String = String::from_utf8_lossy(body).chars().take(200).collect();
    if text.trim().is_empty() { String::new() } else { format!(": {}", text.trim()) }
}
