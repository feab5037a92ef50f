//! A connector that sends nothing: it keeps what it was given and answers what it was told to.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use crate::outside::{ConnectError, Request, Response, SealedRequest};
use crate::seams::{Connector, Later};

/// The connector of tests.
#[derive(Debug, Default)]
pub struct RecordingConnector {
    sent: Mutex<Vec<Request>>,
    answers: Mutex<VecDeque<Result<Response, ConnectError>>>,
}

impl RecordingConnector {
    /// Tells what the next request is answered. Without that it is 200 and an empty JSON object.
    pub fn answer_next(&self, answer: Result<Response, ConnectError>) {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).push_back(answer);
    }

    /// The requests so far, placeholders as they were.
    #[must_use]
    pub fn sent(&self) -> Vec<Request> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Connector for RecordingConnector {
    fn send(&self, request: SealedRequest) -> Later<'_, Result<Response, ConnectError>> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).push(request.request);
        let told = self.answers.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        let plain = || Ok(Response { status: 200, headers: Vec::new(), body: b"{}".to_vec() });
        Box::pin(async move { told.unwrap_or_else(plain) })
    }
}
