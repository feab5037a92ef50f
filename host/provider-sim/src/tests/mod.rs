//! The stand-in as a connector meets it.

mod gateway;
mod inbound;
mod media;
mod messages;
mod scripts;
mod window;

use std::sync::Arc;

use serde_json::{Value, json};

use stagewright_connector::{EgressRule, HttpConnector};
use stagewright_core::outside::{
    ConnectError, Header, Request, Response, SealedRequest, SecretValues,
};
use stagewright_core::seams::Connector;
use stagewright_core::time::Timestamp;
use stagewright_server::clock::ManualClock;

use super::{Options, StandIn};

/// A client who is on WhatsApp.
const ANNA: &str = "+16505550001";

/// A stand-in, a clock that stands at noon of 2 March 2026, and the host's own way out.
struct World {
    standin: StandIn,
    clock: Arc<ManualClock>,
    connector: HttpConnector,
}

impl World {
    async fn new() -> Self {
        Self::with(Options::default()).await
    }

    async fn with(options: Options) -> Self {
        let clock = Arc::new(ManualClock::at("2026-03-02T12:00:00Z".parse().unwrap()));
        let standin = StandIn::start(options, clock.clone()).await.unwrap();
        let connector =
            HttpConnector::new(EgressRule { allow_private: ["127.0.0.1".to_owned()].into() })
                .unwrap();
        Self { standin, clock, connector }
    }

    fn pass(&self, ms: i64) {
        let now: Timestamp = stagewright_core::seams::Clock::now(&*self.clock);
        self.clock.advance_to(now.plus_ms(ms));
    }

    async fn send(&self, request: Request) -> Result<Response, ConnectError> {
        let server = request.url.split('/').nth(2).unwrap_or_default().to_owned();
        let servers = [server].into();
        let secrets = SecretValues::default();

        self.connector
            .send(SealedRequest {
                request,
                secrets,
                servers,
                timeout_ms: 20_000,
                answer_bytes_max: 1 << 20,
            })
            .await
    }

    /// Posts JSON with a token.
    async fn post_as(&self, token: &str, url: String, body: &Value) -> Response {
        let headers = vec![
            header("Authorization", &format!("Bearer {token}")),
            header("Content-Type", "application/json"),
        ];

        let request =
            Request { method: "POST".into(), url, headers, body: body.to_string().into_bytes() };
        self.send(request).await.unwrap()
    }

    fn messages_url(&self) -> String {
        format!("{}/106540352242922/messages", self.standin.api_base())
    }

    /// Posts a message from the first number.
    async fn post(&self, message: &Value) -> Response {
        self.post_as(&self.standin.options().access_token, self.messages_url(), message).await
    }

    /// Posts a message, whose answer may get lost.
    async fn post_raw(&self, message: &Value) -> Result<Response, ConnectError> {
        let headers = vec![header(
            "Authorization",
            &format!("Bearer {}", self.standin.options().access_token),
        )];
        let request = Request {
            method: "POST".into(),
            url: self.messages_url(),
            headers,
            body: message.to_string().into_bytes(),
        };
        self.send(request).await
    }

    async fn get(&self, url: &str) -> Response {
        let token = format!("Bearer {}", self.standin.options().access_token);
        let headers = vec![header("Authorization", &token)];
        self.send(Request { method: "GET".into(), url: url.to_owned(), headers, body: Vec::new() })
            .await
            .unwrap()
    }

    /// Anna writes, so that she may be written to.
    fn anna_writes(&self) {
        drop(self.standin.inbound_text(ANNA, "Anna", "Hello"));
    }

    /// Anna's text is answered; what comes back.
    async fn code(&self, message: &Value) -> (u16, i64) {
        code(&self.post(message).await)
    }
}

fn header(name: &str, value: &str) -> Header {
    Header { name: name.to_owned(), value: value.to_owned() }
}

fn json_of(response: &Response) -> Value {
    serde_json::from_slice(&response.body).unwrap()
}

/// The HTTP status and Meta's code; 0 where there is no error.
fn code(response: &Response) -> (u16, i64) {
    let error = serde_json::from_slice::<Value>(&response.body).unwrap_or_default();
    (response.status, error["error"]["code"].as_i64().unwrap_or(0))
}

fn text_to(to: &str, text: &str) -> Value {
    json!({
        "messaging_product": "whatsapp", "recipient_type": "individual", "to": to, "type": "text",
        "text": { "preview_url": false, "body": text }, "biz_opaque_callback_data": "delivery-1",
    })
}

fn template_to(to: &str, name: &str, language: &str, parameters: &[&str]) -> Value {
    let parameters: Vec<Value> =
        parameters.iter().map(|text| json!({ "type": "text", "text": text })).collect();
    let components = if parameters.is_empty() {
        json!([])
    } else {
        json!([{ "type": "body", "parameters": parameters }])
    };

    json!({
        "messaging_product": "whatsapp", "to": to, "type": "template",
        "template": { "name": name, "language": { "code": language }, "components": components },
    })
}
