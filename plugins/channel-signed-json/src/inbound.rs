//! What the gateway posts to the channel.

use serde::Deserialize;

use stagewright_sdk::prelude::*;

/// The secret that webhooks are signed with.
pub(crate) const SECRET: &str = "signing_secret";

const HEADER: &str = "X-Stagewright-Signature";

/// `{"events": [..]}`.
#[derive(Deserialize)]
struct Body {
    events: Vec<Posted>,
}

/// One event, told apart by `kind`.
#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum Posted {
    Message {
        external_id: String,
        occurred_at: Option<String>,
        address: String,
        display_name: Option<String>,
        body: TextBody,
    },
    MessageStatus {
        external_id: String,
        occurred_at: Option<String>,
        status: Status,
        reason: Option<String>,
    },
}

#[derive(Deserialize)]
struct TextBody {
    text: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Status {
    Sent,
    Delivered,
    Read,
    Failed,
}

impl Status {
    fn name(&self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Failed => "failed",
        }
    }
}

/// Compares the signature with the raw body; the host does it in constant time.
pub(crate) fn authenticate(incoming: &Incoming) -> Authenticity {
    if incoming.method != "POST" {
        return Authenticity::Reject(format!("{} instead of POST", incoming.method));
    }

    let Some(signature) = incoming.header(HEADER) else {
        return Authenticity::Reject(format!("the header {HEADER} is missing"));
    };
    let Some(mac) = signature.strip_prefix("sha256=").and_then(|digits| hex::decode(digits).ok())
    else {
        return Authenticity::Reject(format!("{HEADER} is not sha256=<hex digits>"));
    };

    match secret_signed(SECRET, "sha256", &incoming.body, &mac) {
        true => Authenticity::Ok(Reply::ok()),
        false => Authenticity::Reject(format!("{HEADER} is not the body's HMAC under `{SECRET}`")),
    }
}

/// All events or none: the gateway posts the whole list again when it is refused.
pub(crate) fn receive(body: &[u8]) -> Result<Vec<InboundEvent>, String> {
    let body: Body = serde_json::from_slice(body)
        .map_err(|cause| format!("the body does not follow the protocol: {cause}"))?;
    Ok(body.events.into_iter().map(translate).collect())
}

fn translate(posted: Posted) -> InboundEvent {
    match posted {
        Posted::Message { external_id, occurred_at, address, display_name, body } => InboundEvent {
            kind: "message".into(),
            external_id,
            occurred_at,
            address: Some(address),
            display_name,
            body: json!({ "text": body.text }),
        },

        Posted::MessageStatus { external_id, occurred_at, status, reason } => InboundEvent {
            kind: "message-status".into(),
            external_id,
            occurred_at,
            address: None,
            display_name: None,
            body: json!({ "status": status.name(), "reason": reason }),
        },
    }
}
