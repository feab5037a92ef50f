//! Requests of robots to servers outside.

use super::{HostError, Scope, Stop, refused};
use crate::call::Blame;
use crate::exchange::server_of;
use crate::outside::{
    ConnectError, Exchange, Header, Request, Response, SealedRequest, SecretValues,
};

/// The header that is the same in every attempt of a step, so that a server can tell that it is
/// asked again.
const IDEMPOTENCY_KEY: &str = "Idempotency-Key";
/// Largest body of an answer, in bytes.
const ANSWER_BYTES_MAX: usize = 1 << 20;

/// A request that may leave.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Sealed {
    /// Send this.
    Send(SealedRequest),
    /// It was sent when this call was made before, and this came of it.
    Answered(Result<Response, ConnectError>),
}

impl Scope {
    /// A request as the connector takes it, if the tenant granted its server. Serves `http.fetch`.
    ///
    /// A call is made again where another commit came first. What it asked servers then is not
    /// asked again, as long as it asks the same: a server would otherwise be asked as often as the
    /// item is busy.
    ///
    /// # Errors
    /// [`Stop`].
    pub fn seal(&mut self, mut request: Request, timeout_ms: u64) -> Result<Sealed, Stop> {
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

        if self.step.is_some() {
            // The host alone knows what stays the same in every attempt, so a key of the guest's
            // gives way.
            let value = format!("{}/{}", self.call, self.effects.len());
            request.headers.retain(|header| !header.name.eq_ignore_ascii_case(IDEMPOTENCY_KEY));
            request.headers.push(Header { name: IDEMPOTENCY_KEY.to_owned(), value });
        }

        // Matched by place: a guest that asks the same again does so in the same order.
        let before =
            self.answered.get(self.exchanges.len()).filter(|before| before.request == request);
        let before = before.map(|before| before.answer.clone());

        // Noted before it leaves: where the call is stopped while it waits, the request has left in
        // spite of that, and a call after a conflict must not send it again.
        let unknown =
            || Err(ConnectError::Unknown("the call was over before an answer came".to_owned()));
        self.exchanges.push(Exchange {
            request: request.clone(),
            answer: before.clone().unwrap_or_else(unknown),
        });

        if let Some(answer) = before {
            return Ok(Sealed::Answered(answer));
        }

        self.sent = true;
        Ok(Sealed::Send(SealedRequest {
            request,
            secrets: SecretValues::default(),
            servers: [server].into(),
            timeout_ms,
            answer_bytes_max: ANSWER_BYTES_MAX,
        }))
    }

    /// Notes what came of a request, and gives the answer as the guest gets it.
    ///
    /// # Errors
    /// [`Stop::Refused`] where there is no answer.
    pub fn fetched(
        &mut self,
        asked: &str,
        answer: Result<Response, ConnectError>,
    ) -> Result<Response, Stop> {
        if let Some(exchange) = self.exchanges.last_mut() {
            exchange.answer.clone_from(&answer);
        }

        let refusal = |code, message: String, subject: &str, retryable| {
            // What may not be asked is the settings' fault; that there is no answer to use is the
            // server's.
            let blame = if code == "invalid" { Blame::Caller } else { Blame::Remote };
            Stop::Refused(HostError {
                code,
                message,
                subject: Some(subject.to_owned()),
                retryable,
                blame,
            })
        };

        // An answer that is too large would be so again; a lost one need not be lost again.
        let answer = answer.map_err(|error| match &error {
            ConnectError::NotSent { code, retry: true, .. } => {
                refusal("unavailable", error.to_string(), code, true)
            }
            ConnectError::NotSent { code, .. } => {
                refusal("invalid", error.to_string(), code, false)
            }
            ConnectError::AnswerTooLarge(_) => {
                refusal("limit-exceeded", error.to_string(), "connector.answer-too-large", false)
            }
            ConnectError::Unknown(_) => {
                refusal("unavailable", error.to_string(), "connector.no-answer", true)
            }
        })?;

        self.effects.push(format!("{asked}: {}", answer.status));
        Ok(answer)
    }
}
