//! Channels: secrets stay in the host, settings and answers go through.

use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::{Sha256, Sha512};

use stagewright_core::call::{CallLimits, ChannelCall, ChannelSays, ChannelVerb, Exchange};
use stagewright_core::outside::{Incoming, Response, SecretValues};
use stagewright_core::seams::Plugins;
use stagewright_core::time::Timestamp;

use super::guests::{component, text};
use super::host::{Host, build, host};

fn incoming(method: &str, path: &str, body: Vec<u8>) -> Incoming {
    Incoming {
        method: method.to_owned(),
        path: path.to_owned(),
        query: Vec::new(),
        headers: Vec::new(),
        body,
    }
}

async fn says(host: &Host, verb: ChannelVerb) -> Result<ChannelSays, String> {
    let guest = component(text!("channel"));
    host.has(&guest);
    let secrets = [("key", "s3cret"), ("token", "letmein")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));

    let call = ChannelCall {
        build: build(&guest.hash, CallLimits::CHANNEL),
        settings: json!({"token": "{{secret:token}}"}).as_object().unwrap().clone(),
        public_url: "https://crm.example/hooks/c1".to_owned(),
        secrets: SecretValues(secrets.into_iter().collect()),
        now: Timestamp(0),
        seed: "seed".to_owned(),
        verb,
    };

    host.runtime.channel(call).await.says.map_err(|failure| failure.code)
}

async fn is_authentic(host: &Host, incoming: Incoming) -> bool {
    match says(host, ChannelVerb::Authenticate(incoming)).await.unwrap() {
        ChannelSays::Authentic(reply) => {
            assert_eq!(
                (reply.status, reply.body),
                (200, br#"{"token":"{{secret:token}}"}"#.to_vec())
            );
            true
        }
        ChannelSays::Reject(reason) => {
            assert_eq!(reason, "https://crm.example/hooks/c1");
            false
        }
        other => panic!("{other:?}"),
    }
}

fn signed<M: Mac + KeyInit>(key: &str, body: &[u8]) -> Vec<u8> {
    let mac = <M as KeyInit>::new_from_slice(key.as_bytes())
        .unwrap()
        .chain_update(body)
        .finalize()
        .into_bytes();
    [&mac[..], body].concat()
}

#[tokio::test]
async fn a_signature_is_checked_without_giving_the_secret_away() {
    let host = host();
    let good = signed::<Hmac<Sha256>>("s3cret", b"hello");
    assert!(is_authentic(&host, incoming("POST", "sha256", good.clone())).await);

    let mut changed = good.clone();
    *changed.last_mut().unwrap() ^= 1;
    for (algorithm, body) in [
        ("sha256", changed),
        ("sha256", signed::<Hmac<Sha256>>("other", b"hello")),
        ("sha512", good.clone()),
        ("md5", good),
        ("sha256", Vec::new()),
    ] {
        assert!(!is_authentic(&host, incoming("POST", algorithm, body)).await, "{algorithm}");
    }
}

#[tokio::test]
async fn a_mac_of_another_length_answers_no() {
    // The guest takes 32 bytes, the first half of what SHA-512 has.
    let whole = signed::<Hmac<Sha512>>("s3cret", b"hello");
    let half = [&whole[..32], b"hello"].concat();

    assert!(!is_authentic(&host(), incoming("POST", "sha512", half)).await);
}

#[tokio::test]
async fn a_secret_equals_only_itself() {
    let host = host();
    assert!(is_authentic(&host, incoming("letmein", "", Vec::new())).await);

    for wrong in ["letmein2", "letmei", "", "s3cret"] {
        assert!(!is_authentic(&host, incoming(wrong, "", Vec::new())).await, "{wrong}");
    }
}

#[tokio::test]
async fn what_is_received_becomes_events_or_a_reason() {
    let host = host();
    let events = says(&host, ChannelVerb::Receive(incoming("POST", "", vec![1]))).await;
    assert_eq!(events, Ok(ChannelSays::Events(vec![json!({})])));

    let empty = says(&host, ChannelVerb::Receive(incoming("POST", "", Vec::new()))).await;
    assert_eq!(empty, Err("plugin.receive".to_owned()));
}

#[tokio::test]
async fn a_delivery_goes_from_request_to_verdict() {
    let host = host();
    let job = json!({"id": "d1", "text": "hi"});
    let first = ChannelVerb::Send { job: job.clone(), state: Vec::new(), last_response: None };
    let ChannelSays::Request(Exchange { request, state, sends }) =
        says(&host, first).await.unwrap()
    else {
        panic!("no request")
    };

    assert!(sends);
    assert_eq!((request.method.as_str(), request.url.as_str()), ("POST", "https://a"));
    assert_eq!(serde_json::from_slice::<Value>(&request.body).unwrap(), job);

    let response = Response { status: 200, headers: Vec::new(), body: b"ok".to_vec() };
    let verdict =
        says(&host, ChannelVerb::Send { job, state, last_response: Some(response) }).await;

    assert_eq!(
        verdict,
        Ok(ChannelSays::Verdict(json!({"outcome": "sent"}).as_object().unwrap().clone()))
    );
}
