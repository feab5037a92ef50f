//! `http`: requests to servers outside, sent at once.

use stagewright_core::outside::ConnectError;
use stagewright_core::scope::Sealed;

use crate::bindings::{fetch, http, types};
use crate::convert;
use crate::state::CallState;

impl fetch::Host for CallState {
    async fn fetch(
        &mut self,
        request: http::Request,
    ) -> wasmtime::Result<Result<http::Response, types::HostError>> {
        self.enter("http.fetch")?;

        let asked = format!("{} {}", request.method, without_query(&request.url));
        let (request, timeout_ms) = (convert::request(request), self.time_left_ms());

        let sealed = match self.ask(|scope| scope.seal(request.clone(), timeout_ms)).await? {
            Ok(sealed) => sealed,
            Err(refusal) => return Ok(Err(refusal)),
        };

        let answer = match sealed {
            Sealed::Send(request) => self.send_outside(request).await,
            Sealed::Answered(answer) => answer,
        };

        // The log is kept even where the step fails afterwards, and that the request has left is
        // true all the same.
        self.log.write("info", format!("{asked}: {}", outcome(&answer)));

        let answer = self.ask(|scope| scope.fetched(&asked, answer.clone())).await?;
        Ok(answer.map(convert::response))
    }
}

/// An address without what may be a secret in it.
fn without_query(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or(url)
}

fn outcome(answer: &Result<stagewright_core::outside::Response, ConnectError>) -> String {
    answer
        .as_ref()
        .map_or_else(ToString::to_string, |response| format!("answered {}", response.status))
}
