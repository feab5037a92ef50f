//! Requests of robots to servers outside.

use super::{HostError, Scope, Stop, refused};
use crate::exchange::server_of;
use crate::outside::{ConnectError, Header, Request, Response, SealedRequest, SecretValues};

/// The header that is the same in every attempt of a step, so that a server can tell that it is asked again.
const IDEMPOTENCY_KEY: &str = "Idempotency-Key";
/// Largest body of an answer, in bytes.
const ANSWER_BYTES_MAX: usize = 1 << 20;

impl Scope {
    /// A request as the connector takes it, if the tenant granted its server. Serves `http.fetch`.
    ///
    /// # Errors
    /// [`Stop`].
    pub fn seal(&self, mut request: Request, timeout_ms: u64) -> Result<SealedRequest, Stop> {
        self.room_for_effect()?;
        let Some(server) = server_of(&request.url).map(|server| server.to_ascii_lowercase()) else {
            let message = format!("`{}` is not an http or https address", request.url);
            return Err(refused("invalid", message, Some("url".to_owned())));
        };
        // A host alone stands for its port of https.
        let granted = server.strip_suffix(":443").unwrap_or(&server);
        if !self.grant.allows("http.send", &server) {
            self.allow("http.send", granted)?;
        }
        if let Some((run, step)) = &self.step {
            let value = format!("{run}/{step}/{}", self.effects.len());
            request.headers.retain(|header| !header.name.eq_ignore_ascii_case(IDEMPOTENCY_KEY));
            request.headers.push(Header { name: IDEMPOTENCY_KEY.to_owned(), value });
        }
        Ok(SealedRequest {
            request,
            secrets: SecretValues::default(),
            servers: [server].into(),
            timeout_ms,
            answer_bytes_max: ANSWER_BYTES_MAX,
        })
    }

    /// Notes what came of a request, and gives the answer as the guest gets it.
    ///
    /// # Errors
    /// [`Stop::Refused`] where there is no answer.
    pub fn fetched(&mut self, asked: &str, answer: Result<Response, ConnectError>) -> Result<Response, Stop> {
        let refusal = |code, message: String, subject: &str, retryable| {
            Stop::Refused(HostError { code, message, subject: Some(subject.to_owned()), retryable })
        };
        let answer = answer.map_err(|error| match &error {
            ConnectError::NotSent { code, retry: true, .. } => refusal("unavailable", error.to_string(), code, true),
            ConnectError::NotSent { code, .. } => refusal("invalid", error.to_string(), code, false),
            ConnectError::AnswerTooLarge(_) => refusal("limit-exceeded", error.to_string(), "connector.answer-too-large", false),
            ConnectError::Unknown(_) => refusal("unavailable", error.to_string(), "connector.no-answer", true),
        })?;
        self.effects.push(format!("{asked}: {}", answer.status));
        Ok(answer)
    }
}
