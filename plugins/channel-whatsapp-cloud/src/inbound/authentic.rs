//! Whether a request comes from Meta, decided on its raw bytes.

use stagewright_sdk::prelude::*;

/// The secret of the Meta app, which signs notifications.
pub(crate) const APP_SECRET: &str = "app_secret";

/// The secret that an admin enters here and in the Meta app, so that each knows the other when the
/// address is set up.
pub(crate) const VERIFY_TOKEN: &str = "verify_token";

const SIGNATURE: &str = "X-Hub-Signature-256";

/// A GET is the handshake of setting up the address, a POST brings notifications.
pub(crate) fn authenticate(incoming: &Incoming) -> Authenticity {
    let checked = match incoming.method.as_str() {
        "GET" => handshake(incoming),
        "POST" => signed(incoming),
        other => Err(format!("{other} instead of GET or POST")),
    };
    checked.unwrap_or_else(Authenticity::Reject)
}

/// Meta wants its challenge back, and from nobody who does not know the token.
fn handshake(incoming: &Incoming) -> Result<Authenticity, String> {
    let parameter =
        |name| incoming.query(name).ok_or_else(|| format!("the handshake has no `{name}`"));
    let mode = parameter("hub.mode")?;
    if mode != "subscribe" {
        return Err("the handshake's `hub.mode` is not `subscribe`".into());
    }

    if !secret_equals(VERIFY_TOKEN, parameter("hub.verify_token")?) {
        return Err(format!(
            "the handshake's token is not the secret `{VERIFY_TOKEN}`; enter the same text in the \
             Meta app"
        ));
    }

    Ok(Authenticity::Handshake(Reply::text(parameter("hub.challenge")?)))
}

/// The host compares in constant time.
fn signed(incoming: &Incoming) -> Result<Authenticity, String> {
    let signature =
        incoming.header(SIGNATURE).ok_or_else(|| format!("the header {SIGNATURE} is missing"))?;
    let mac = signature
        .strip_prefix("sha256=")
        .and_then(|digits| hex::decode(digits).ok())
        .ok_or_else(|| format!("{SIGNATURE} is not sha256=<hex digits>"))?;

    match secret_signed(APP_SECRET, "sha256", &incoming.body, &mac) {
        true => Ok(Authenticity::Ok(Reply::text("EVENT_RECEIVED"))),
        false => Err(format!(
            "{SIGNATURE} is not the body's HMAC under `{APP_SECRET}`; compare it with the Meta \
             app's secret"
        )),
    }
}
