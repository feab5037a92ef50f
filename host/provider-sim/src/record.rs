//! Every request that came in, byte for byte, within bounds.

use std::collections::VecDeque;

use serde_json::Value;

use stagewright_core::outside::Header;
use stagewright_core::time::Timestamp;

/// Most requests that are remembered.
const REQUESTS_MAX: usize = 20_000;

/// Most bytes of bodies that are remembered.
const BYTES_MAX: usize = 64 << 20;

/// A request as it came in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Received {
    /// The first has 1.
    pub number: u64,
    /// When it came in.
    pub at: Timestamp,
    /// The HTTP method.
    pub method: String,
    /// The path with the query.
    pub target: String,
    /// The headers, in order.
    pub headers: Vec<Header>,
    /// The body.
    pub body: Vec<u8>,
    /// What was answered; nothing where there was no answer, or not yet.
    pub status: Option<u16>,
}

impl Received {
    /// The first header of that name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|header| header.name.eq_ignore_ascii_case(name))
            .map(|header| header.value.as_str())
    }

    /// The body as JSON; `null` where it is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// Head and body as one text would read them from the connection.
    #[must_use]
    pub fn raw(&self) -> Vec<u8> {
        let mut raw = format!("{} {} HTTP/1.1\r\n", self.method, self.target).into_bytes();
        for Header { name, value } in &self.headers {
            raw.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
        }
        raw.extend_from_slice(b"\r\n");
        raw.extend_from_slice(&self.body);
        raw
    }
}

/// The requests that are remembered.
#[derive(Debug, Default)]
pub(super) struct Record {
    requests: VecDeque<Received>,
    bytes: usize,
    count: u64,
}

impl Record {
    /// Notes a request and gives it its number.
    pub(super) fn note(&mut self, mut request: Received) -> u64 {
        self.count += 1;
        request.number = self.count;
        self.bytes += request.body.len();
        self.requests.push_back(request);

        // The newest stays however large it is, so that what has just come can always be looked at.
        while self.requests.len() > REQUESTS_MAX
            || (self.bytes > BYTES_MAX && self.requests.len() > 1)
        {
            self.bytes -= self.requests.pop_front().map_or(0, |oldest| oldest.body.len());
        }

        self.count
    }

    /// Notes what was answered.
    pub(super) fn answered(&mut self, number: u64, status: u16) {
        // Answers come shortly after, so the request is near the end.
        if let Some(request) =
            self.requests.iter_mut().rev().find(|request| request.number == number)
        {
            request.status = Some(status);
        }
    }

    pub(super) fn all(&self) -> Vec<Received> {
        self.requests.iter().cloned().collect()
    }

    pub(super) fn forgotten(&self) -> u64 {
        self.requests.front().map_or(0, |oldest| oldest.number - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(bytes: usize) -> Received {
        Received {
            number: 0,
            at: Timestamp(0),
            method: "POST".into(),
            target: "/".into(),
            headers: Vec::new(),
            body: vec![b'x'; bytes],
            status: None,
        }
    }

    #[test]
    fn the_oldest_requests_make_room() {
        let mut record = Record::default();
        for _ in 0..REQUESTS_MAX + 5 {
            record.note(request(0));
        }
        assert_eq!((record.all().len(), record.forgotten()), (REQUESTS_MAX, 5));

        record.note(request(BYTES_MAX));
        record.note(request(1));
        assert_eq!(record.all().iter().map(|request| request.body.len()).sum::<usize>(), 1);
    }

    #[test]
    fn an_answer_is_noted_with_its_request() {
        let mut record = Record::default();
        let first = record.note(request(1));
        record.note(request(1));

        record.answered(first, 200);

        assert_eq!(
            record.all().iter().map(|request| request.status).collect::<Vec<_>>(),
            [Some(200), None]
        );
    }
}
