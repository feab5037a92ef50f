//! Keeps what is asked and answered, so that two versions of the host can be compared, and an
//! answer with what the documents promise of it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A request and what was answered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Exchange {
    /// The request's method.
    pub method: String,
    /// The request's path and query.
    pub path: String,
    /// The request's headers, names in lower case, without `authorization`.
    pub request_headers: Vec<(String, String)>,
    /// The request's body.
    pub request_body: Vec<u8>,
    /// The answer's status; none where no answer came.
    pub status: Option<u16>,
    /// The answer's headers, names in lower case.
    pub answer_headers: Vec<(String, String)>,
    /// The answer's body.
    pub answer_body: Vec<u8>,
}

/// Keeps exchanges in the order in which their requests began. Clones keep into the same list.
#[derive(Clone, Debug, Default)]
pub struct Recorder {
    exchanges: Arc<Mutex<Vec<Exchange>>>,
}

impl Recorder {
    /// A request is about to be sent; gives the place of its exchange. What `authorization` says is
    /// not kept.
    pub fn begin(
        &self,
        method: &str,
        path: &str,
        headers: &[(String, String)],
        body: &[u8],
    ) -> usize {
        let kept = lower(headers).filter(|(name, _)| name != "authorization");

        let exchange = Exchange {
            method: method.to_owned(),
            path: path.to_owned(),
            request_headers: kept.collect(),
            request_body: body.to_vec(),
            status: None,
            answer_headers: Vec::new(),
            answer_body: Vec::new(),
        };

        let mut exchanges = self.lock();
        exchanges.push(exchange);

        exchanges.len() - 1
    }

    /// The request at this place was answered.
    pub fn answered(&self, index: usize, status: u16, headers: &[(String, String)], body: &[u8]) {
        let mut exchanges = self.lock();
        let Some(exchange) = exchanges.get_mut(index) else { return };

        exchange.status = Some(status);
        exchange.answer_headers = lower(headers).collect();
        exchange.answer_body = body.to_vec();
    }

    /// Everything up to now.
    #[must_use]
    pub fn exchanges(&self) -> Vec<Exchange> {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Exchange>> {
        // A list is whole after every change of it.
        self.exchanges.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Headers with their names in lower case.
fn lower(headers: &[(String, String)]) -> impl Iterator<Item = (String, String)> {
    headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(name: &str, value: &str) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }

    #[test]
    fn exchanges_are_kept_in_the_order_in_which_their_requests_began() {
        let recorder = Recorder::default();
        let first = recorder.begin("POST", "/first", &[], b"1");
        let other = recorder.clone();
        let second = other.begin("GET", "/second", &[], b"");

        other.answered(second, 404, &[header("ETag", "a")], b"none");
        recorder.answered(first, 201, &[], b"made");

        let kept = recorder.exchanges();
        let said = kept.iter().map(|exchange| (&*exchange.path, exchange.status));
        assert_eq!(said.collect::<Vec<_>>(), [("/first", Some(201)), ("/second", Some(404))]);
        assert_eq!(kept[0].answer_body, b"made");
        assert_eq!(kept[1].answer_headers, [header("etag", "a")]);
    }

    #[test]
    fn a_request_without_an_answer_is_kept() {
        let recorder = Recorder::default();
        recorder.begin("GET", "/", &[], b"");
        assert_eq!(recorder.exchanges()[0].status, None);
    }

    #[test]
    fn what_opens_doors_is_never_kept() {
        let recorder = Recorder::default();
        let headers = [header("Authorization", "Bearer sw_1"), header("If-Match", "\"1\"")];
        recorder.begin("GET", "/", &headers, b"");

        assert_eq!(recorder.exchanges()[0].request_headers, [header("if-match", "\"1\"")]);
    }
}
