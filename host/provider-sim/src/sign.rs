//! The requests that providers send to the host, signed as they sign them.

use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use stagewright_core::outside::{Header, Incoming};

/// The number that Meta wants back in the handshake.
pub(super) const CHALLENGE: &str = "1158201444";

/// What Meta asks for when a webhook's address is set up.
pub(super) fn handshake(verify_token: &str) -> Incoming {
    let query = [
        ("hub.mode", "subscribe"),
        ("hub.challenge", CHALLENGE),
        ("hub.verify_token", verify_token),
    ];

    Incoming {
        method: "GET".into(),
        path: String::new(),
        query: query.map(|(key, value)| (key.to_owned(), value.to_owned())).to_vec(),
        headers: headers(&[
            ("Accept", "*/*"),
            ("User-Agent", "facebookplatform/1.0 (+http://developers.facebook.com)"),
        ]),
        body: Vec::new(),
    }
}

/// One of Meta's notifications.
pub(super) fn notification(app_secret: &str, body: &Value) -> Incoming {
    let body = escaped(&body.to_string()).into_bytes();
    let signature = format!("sha256={}", mac(app_secret, &body));

    let headers = headers(&[
        ("Accept", "*/*"),
        ("User-Agent", "facebookexternalua"),
        ("Content-Type", "application/json"),
        ("X-Hub-Signature-256", &signature),
    ]);
    post(headers, body)
}

/// What a gateway posts.
pub(super) fn json(secret: &str, events: &Value) -> Incoming {
    let body = json!({ "events": events }).to_string().into_bytes();
    let signature = format!("sha256={}", mac(secret, &body));
    post(
        headers(&[("Content-Type", "application/json"), ("X-Stagewright-Signature", &signature)]),
        body,
    )
}

fn post(headers: Vec<Header>, body: Vec<u8>) -> Incoming {
    Incoming { method: "POST".into(), path: String::new(), query: Vec::new(), headers, body }
}

fn headers(list: &[(&str, &str)]) -> Vec<Header> {
    list.iter()
        .map(|(name, value)| Header { name: (*name).to_owned(), value: (*value).to_owned() })
        .collect()
}

/// JSON as Meta writes it: ASCII alone, and slashes escaped. The signature is over these very
/// bytes, so that a receiver who writes the JSON anew before he compares is found out.
fn escaped(json: &str) -> String {
    let mut written = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            '/' => written.push_str("\\/"),
            c if c.is_ascii() => written.push(c),
            c => c
                .encode_utf16(&mut [0; 2])
                .iter()
                .for_each(|unit| written.push_str(&format!("\\u{unit:04x}"))),
        }
    }
    written
}

/// The HMAC of the bytes in hexadecimal digits.
fn mac(secret: &str, bytes: &[u8]) -> String {
    // HMAC takes keys of every length, so there always is one.
    let mac = <Hmac<Sha256> as KeyInit>::new_from_slice(secret.as_bytes()).ok();
    mac.map(|mac| hex::encode(mac.chain_update(bytes).finalize().into_bytes())).unwrap_or_default()
}
